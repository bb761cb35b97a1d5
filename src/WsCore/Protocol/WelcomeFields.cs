namespace WsCore.Protocol;

/// <summary>What <c>welcome</c> tells. Times are Unix milliseconds, durations milliseconds.</summary>
/// <param name="Connection">The id of the connection.</param>
/// <param name="User">Absent for an anonymous connection.</param>
/// <param name="Node">The node that holds it.</param>
/// <param name="Time">The server's clock.</param>
/// <param name="HeartbeatInterval">Silence after which the server pings.</param>
/// <param name="HeartbeatTimeout">How long it then waits.</param>
/// <param name="MessageBytes">The largest message taken.</param>
/// <param name="MessagesPerSecond">The sustained rate of messages taken.</param>
/// <param name="Burst">How many may come at once.</param>
/// <param name="Expires">When the token ends.</param>
/// <param name="Self">Position in the personal room, where it keeps history.</param>
internal readonly record struct WelcomeFields(
    string Connection,
    string? User,
    string Node,
    long Time,
    long HeartbeatInterval,
    long HeartbeatTimeout,
    long MessageBytes,
    long MessagesPerSecond,
    long Burst,
    long? Expires = null,
    Position? Self = null);
