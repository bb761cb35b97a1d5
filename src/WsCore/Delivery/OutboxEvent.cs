namespace WsCore.Delivery;

/// <summary>What a turn found necessary and leaves to be told after it; see <see cref="IOutboxOwner"/>.</summary>
internal enum OutboxEvent : byte
{
    Overflowed,
    Drained,
    CloseWritten,
    WriteFailed,
    Retired,
    Unconfirmed,
    GivenUp,
}
