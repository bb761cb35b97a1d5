namespace WsCore.Client;

/// <summary>What the server said at the beginning of a connection.</summary>
/// <param name="Connection">The connection's id, the same that others see in <see cref="Message.From"/>.</param>
/// <param name="User">Null where the connection is anonymous.</param>
/// <param name="Node">Which server process holds it; for people who debug.</param>
/// <param name="Time">The server's clock.</param>
public sealed record Welcome(string Connection, string? User, string Node, DateTimeOffset Time)
{
    /// <summary>After how long a silence the server pings.</summary>
    public TimeSpan HeartbeatInterval { get; init; }

    /// <summary>How long it then waits.</summary>
    public TimeSpan HeartbeatTimeout { get; init; }

    /// <summary>The largest message taken, in bytes.</summary>
    public int MaxMessageBytes { get; init; }

    /// <summary>How many messages a second are taken; 0: as many as one likes.</summary>
    public double MessagesPerSecond { get; init; }

    /// <summary>How many at once.</summary>
    public int Burst { get; init; }

    /// <summary>The position in the personal room, where personal rooms keep history.</summary>
    public Position? Self { get; init; }
}
