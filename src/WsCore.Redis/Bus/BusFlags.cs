namespace WsCore.Redis.Bus;

/// <summary>What an envelope says of its message. The numbers are part of the format.</summary>
[Flags]
internal enum BusFlags : byte
{
    None = 0,

    /// <summary>The payload is a binary message, not a text.</summary>
    Binary = 1,

    Ephemeral = 2,

    /// <summary>Its receivers are to confirm it, by the envelope's id.</summary>
    Reliable = 4,

    /// <summary>For everybody in a namespace, which is the target; where it is not set, the target is a room.</summary>
    Namespace = 8,

    /// <summary>For every connection; there is no target.</summary>
    Everybody = 16,
}
