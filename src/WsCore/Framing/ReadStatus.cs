namespace WsCore.Framing;

/// <summary>What one <see cref="MessageReader.Read"/> found at the front of the input.</summary>
internal enum ReadStatus
{
    NeedMore,
    Text,
    Binary,
    Ping,
    Pong,
    Close,
    Fault,
}
