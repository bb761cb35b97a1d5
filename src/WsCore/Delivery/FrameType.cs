namespace WsCore.Delivery;

/// <summary>What a frame is to whoever counts: the <c>type</c> of its envelope, or its opcode.</summary>
internal enum FrameType : byte
{
    /// <summary>A message of a room or a user, first, repeated or replayed.</summary>
    Message,

    Ack,

    Error,

    Welcome,

    Joined,

    Left,

    Updated,

    Removed,

    Reconnect,

    /// <summary>The envelope's, not the control frame.</summary>
    Pong,

    ControlPing,

    ControlPong,

    Close,

    /// <summary>A type that this list does not have.</summary>
    Other,
}
