namespace WsCore.Limits;

/// <summary>How much was taken lately: 16 bytes that refill by the clock, without a timer.</summary>
/// <remarks>
/// Not thread-safe. The default is a full bucket. What is kept is what was spent, in the unit of <see cref="BucketRate"/>, in which each tick of the clock gives
/// back a whole number: no fraction is ever lost, however often it is asked. A refusal changes nothing, there is no debt. A clock that stands still, or goes
/// back, gives nothing; one that jumps ahead fills the bucket.
/// </remarks>
internal struct TokenBucket
{
    private long _spent;
    private long _at;

    /// <summary>Takes tokens if there are so many.</summary>
    /// <param name="tokens">At least 0. More than the burst cost the whole burst, so that nothing waits for ever.</param>
    /// <param name="now">The clock that the rate was made for, <see cref="TimeProvider.GetTimestamp"/>.</param>
    /// <param name="rate">The same at every call.</param>
    /// <param name="wait">Ticks of the clock until they are there; 0 when they were taken.</param>
    public bool TryTake(long tokens, long now, BucketRate rate, out long wait)
    {
        wait = 0;
        if (rate.IsUnlimited || tokens == 0)
        {
            return true;
        }

        var spent = SpentAt(now, rate);
        var left = rate.Capacity - spent;
        var cost = rate.CostOf(tokens);
        if (cost > left)
        {
            wait = rate.TicksFor(cost - left);
            return false;
        }

        if (now > _at || spent == 0)
        {
            _at = now;
        }

        _spent = spent + cost;
        return true;
    }

    /// <summary>Ticks until it is full if nothing is taken; 0 when it is.</summary>
    public readonly long TicksUntilFull(long now, BucketRate rate) => rate.IsUnlimited ? 0 : rate.TicksFor(SpentAt(now, rate));

    private readonly long SpentAt(long now, BucketRate rate)
    {
        if (now <= _at)
        {
            return _spent;
        }

        var elapsed = (ulong)now - (ulong)_at; // right even where the signed difference would overflow
        return elapsed >= (ulong)rate.TicksToFill ? 0 : Math.Max(0, _spent - ((long)elapsed * rate.PerTick));
    }
}
