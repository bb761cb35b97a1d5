namespace WsCore.Client;

/// <summary>How a room stood when it was joined.</summary>
/// <param name="Room">The room.</param>
/// <param name="Position">Where its history was, if it keeps one.</param>
/// <param name="Recovered">After a join with a position: everything after it follows. Null where none was given.</param>
/// <param name="Count">How many members, where the namespace has presence.</param>
public sealed record Joined(string Room, Position? Position, bool? Recovered, int? Count);
