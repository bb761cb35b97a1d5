namespace WsCore.Client;

/// <summary>That the server took a broadcast or a send.</summary>
/// <param name="Position">Where it stands in the room's history: of a broadcast to one room that keeps one, of a send to oneself.</param>
/// <param name="IsDuplicate">An earlier attempt had taken effect; this is its answer.</param>
/// <param name="Results">Of a broadcast to several rooms, one for each in the order asked.</param>
public sealed record Ack(Position? Position, bool IsDuplicate, IReadOnlyList<RoomPosition> Results);
