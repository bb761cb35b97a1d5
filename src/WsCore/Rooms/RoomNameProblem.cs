namespace WsCore.Rooms;

/// <summary>Why bytes are not the name of a room; the sentences are in <see cref="RoomNameRules.Describe"/>.</summary>
internal enum RoomNameProblem : byte
{
    None,
    Length,
    NotUtf8,
    ControlCharacter,
    Namespace,
    EmptyRest,
    DefaultPrefix,
}
