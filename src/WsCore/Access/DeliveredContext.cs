using WsCore.Connections;

namespace WsCore.Access;

/// <summary>A message of a connection was accepted and handed to its receivers on this node.</summary>
public sealed class DeliveredContext
{
    internal DeliveredContext(IConnection connection, string? room, string? to, string? eventName, Payload payload)
    {
        Connection = connection;
        Room = room;
        To = to;
        Event = eventName;
        Payload = payload;
    }

    /// <summary>Who sent it.</summary>
    public IConnection Connection { get; }

    /// <summary>The room's whole name, or null for a <c>send</c>.</summary>
    public string? Room { get; }

    /// <summary>The user of a <c>send</c>, or null for a <c>broadcast</c>.</summary>
    public string? To { get; }

    /// <summary>The message's event, or null.</summary>
    public string? Event { get; }

    /// <summary>What was delivered; its bytes are valid during the hook.</summary>
    public Payload Payload { get; }
}
