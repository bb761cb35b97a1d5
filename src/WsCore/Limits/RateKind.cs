namespace WsCore.Limits;

/// <summary>What a limit counts.</summary>
internal enum RateKind : byte
{
    Messages,
    Bytes,
}
