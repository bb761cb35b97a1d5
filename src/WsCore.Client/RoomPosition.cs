namespace WsCore.Client;

/// <summary>Where a message stands in one of several rooms.</summary>
/// <param name="Room">The room.</param>
/// <param name="Position">Null where the room keeps no history.</param>
public sealed record RoomPosition(string Room, Position? Position);
