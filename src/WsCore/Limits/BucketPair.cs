namespace WsCore.Limits;

/// <summary>A bucket of messages and one of bytes.</summary>
/// <remarks>A mutable struct, so that all may be asked before any pays: take from a copy, and keep the copy if nobody refused.</remarks>
internal struct BucketPair
{
    private TokenBucket _messages;
    private TokenBucket _bytes;

    /// <summary>Takes what there is; what there is not is in the verdict, and then this value is worth nothing.</summary>
    public void Take(in RateCost cost, long now, BucketRates rates, ref RateVerdict verdict)
    {
        if (!_messages.TryTake(cost.Messages, now, rates.Messages, out var wait))
        {
            verdict.Refuse(rates.Scope, RateKind.Messages, wait);
        }

        if (!_bytes.TryTake(cost.Bytes, now, rates.Bytes, out wait))
        {
            verdict.Refuse(rates.Scope, RateKind.Bytes, wait);
        }
    }

    /// <summary>Ticks until both are full.</summary>
    public readonly long TicksUntilFull(long now, BucketRates rates) =>
        Math.Max(_messages.TicksUntilFull(now, rates.Messages), _bytes.TicksUntilFull(now, rates.Bytes));
}
