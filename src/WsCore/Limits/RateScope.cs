namespace WsCore.Limits;

/// <summary>Whose limit it is, in the order in which they are asked.</summary>
internal enum RateScope : byte
{
    Connection,
    User,
    Address,
}
