using WsCore.Connections;

namespace WsCore.Access;

/// <summary>A connection has not confirmed a reliable message, however often it came.</summary>
public sealed class GivenUpContext
{
    internal GivenUpContext(IConnection connection, string? room, string? to, string? eventName, Payload payload, int attempts)
    {
        Connection = connection;
        Room = room;
        To = to;
        Event = eventName;
        Payload = payload;
        Attempts = attempts;
    }

    /// <summary>Who was to confirm it; it may have ended by now.</summary>
    public IConnection Connection { get; }

    /// <summary>The room's whole name, or null for a <c>send</c>.</summary>
    public string? Room { get; }

    /// <summary>The user of a <c>send</c>, or null for a <c>broadcast</c>.</summary>
    public string? To { get; }

    /// <summary>The message's event, or null.</summary>
    public string? Event { get; }

    /// <summary>What was delivered; it stays valid.</summary>
    public Payload Payload { get; }

    /// <summary>How often it was sent.</summary>
    public int Attempts { get; }
}
