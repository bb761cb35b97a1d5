using WsCore.Delivery;
using WsCore.Rooms;

namespace WsCore.Backplane;

/// <summary>A message without a number on its way to other nodes.</summary>
/// <param name="Target">Whom it is for.</param>
/// <param name="Room">Of <see cref="BusTarget.Room"/>; else null.</param>
/// <param name="Namespace">Of <see cref="BusTarget.Namespace"/>; else null.</param>
/// <param name="Frame">Ready-made, with what it says of itself: ephemeral, reliable and its id.</param>
/// <param name="Key">In a conflated room, the message's key, raw; where it has none, something that stands for its sender on all nodes and is no key (<see cref="Conflation.SenderKey"/>). Else empty.</param>
internal readonly record struct BusMessage(BusTarget Target, RoomName? Room, string? Namespace, Frame Frame, ReadOnlyMemory<byte> Key = default);
