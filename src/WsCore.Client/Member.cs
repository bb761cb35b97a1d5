namespace WsCore.Client;

/// <summary>Who is in a room with presence: a user with all their connections, or an anonymous connection.</summary>
/// <param name="User">Null for an anonymous connection.</param>
/// <param name="Connection">The id of an anonymous connection, else null.</param>
/// <param name="Connections">How many the member has in the room; 0 where the last was lost a moment ago.</param>
/// <param name="Since">When the member came.</param>
/// <param name="State">What the member shows; null where there is nothing.</param>
public sealed record Member(string? User, string? Connection, int Connections, DateTimeOffset Since, Payload? State);
