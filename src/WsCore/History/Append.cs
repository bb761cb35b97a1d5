using WsCore.Rooms;

namespace WsCore.History;

/// <summary>A message on its way into a room's history.</summary>
internal readonly record struct Append(RoomName Room, HistoryRules Rules, Draft Draft);
