using WsCore.Presence;

namespace WsCore.Redis.Presence;

/// <summary>One change of a room's members, as it goes over the bus and as its script answers.</summary>
/// <param name="Version">Of the room, afterwards; one more than before.</param>
/// <param name="Kinds">What happened.</param>
/// <param name="Count">Members afterwards.</param>
/// <param name="Since">Of a member that came: since when it is there, Unix milliseconds.</param>
/// <param name="Life">Of the room: versions of one life are without gap.</param>
/// <param name="Node">That made the change; of a connection that came or was lost, its own.</param>
/// <param name="Who">The connection. Its user is that of the member.</param>
/// <param name="State">Where it changed or the member is new.</param>
internal readonly record struct RoomChange(long Version, ChangeKinds Kinds, int Count, long Since, long Life, string Node, PresenceConnection Who, ReadOnlyMemory<byte> State);
