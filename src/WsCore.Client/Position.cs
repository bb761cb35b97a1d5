namespace WsCore.Client;

/// <summary>A place in a room's history. Two are comparable only where their epochs are the same.</summary>
/// <param name="Epoch">The life of the room's counter.</param>
/// <param name="Seq">The number of the last message before this place, 0 for the beginning.</param>
public readonly record struct Position(string Epoch, long Seq);
