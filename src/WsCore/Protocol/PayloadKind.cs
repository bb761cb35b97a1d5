namespace WsCore.Protocol;

/// <summary>In which form a payload came, and so in which form it goes on.</summary>
internal enum PayloadKind : byte
{
    None,

    /// <summary>One JSON value, byte for byte as it stood in the envelope.</summary>
    Json,

    /// <summary>The bytes after the envelope of a binary message; any bytes, also none.</summary>
    Binary,
}
