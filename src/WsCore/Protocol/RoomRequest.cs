namespace WsCore.Protocol;

/// <summary>One room of a <c>join</c>, <c>leave</c>, <c>broadcast</c>, <c>state</c> or <c>members</c>.</summary>
/// <param name="Name">The name in UTF-8, escapes decoded, checked by <see cref="Rooms.RoomNameRules"/>.</param>
/// <param name="Since">In a <c>join</c>: from where on to catch up.</param>
/// <param name="State">In a <c>join</c> or <c>state</c>: the presence state, one JSON value as it came; empty where there is none.</param>
internal readonly record struct RoomRequest(ReadOnlyMemory<byte> Name, Position? Since = null, ReadOnlyMemory<byte> State = default);
