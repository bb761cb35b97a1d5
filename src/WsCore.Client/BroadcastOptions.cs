namespace WsCore.Client;

/// <summary>How a message is broadcast. What is not set is not sent.</summary>
public sealed record BroadcastOptions
{
    /// <summary>Nothing set: what is used where none are given.</summary>
    public static BroadcastOptions Default { get; } = new();

    /// <summary>A name for the kind of message, 1 to 64 characters.</summary>
    public string? Event { get; init; }

    /// <summary>The key by which repeating is safe, 16 to 64 characters. Default: the client makes one, but for ephemeral messages.</summary>
    public string? Once { get; init; }

    /// <summary>This client gets the message too, if it is a member. Default false.</summary>
    public bool Echo { get; init; }

    /// <summary>Worth nothing when it is late: no number, not kept, dropped first. It is not repeated, and not kept while there is no connection. Default false.</summary>
    public bool Ephemeral { get; init; }

    /// <summary>The message comes again until each receiver confirms it. Default false.</summary>
    public bool Reliable { get; init; }

    /// <summary>In conflated rooms: which message replaces which, 1 to 64 characters.</summary>
    public string? Key { get; init; }
}
