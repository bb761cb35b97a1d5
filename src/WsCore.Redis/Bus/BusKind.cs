namespace WsCore.Redis.Bus;

/// <summary>What an envelope is. The numbers are part of the format.</summary>
internal enum BusKind : byte
{
    /// <summary>A message without a number.</summary>
    Message = 1,

    /// <summary>A message of a room with history; its number comes from the script that published it.</summary>
    Numbered = 2,

    /// <summary>A change in who is in a room; its version, kind and count come from the script that published it.</summary>
    Presence = 3,

    /// <summary>A command to the nodes, or the answer to one.</summary>
    Command = 4,

    /// <summary>What a node sends to itself, to know that the bus works.</summary>
    Nonce = 5,
}
