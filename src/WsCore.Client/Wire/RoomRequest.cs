namespace WsCore.Client.Wire;

/// <summary>An entry of a <c>join</c>.</summary>
internal readonly record struct RoomRequest(string Name, Position? Since, Payload? State);
