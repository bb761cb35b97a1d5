namespace WsCore.Protocol;

/// <summary>How far a client has read a room that keeps history.</summary>
/// <param name="Epoch">The life of the room's counter, 1 to 64 characters, to be compared and nothing else.</param>
/// <param name="Seq">The last message it has; 0 is before the first.</param>
internal readonly record struct Position(string Epoch, long Seq);
