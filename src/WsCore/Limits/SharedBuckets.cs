namespace WsCore.Limits;

/// <summary>What all connections of one user, or from one address, may still send.</summary>
/// <remarks>Thread-safe, by a lock under which nothing is called but the buckets of the next scope: first the user's, then the address's.</remarks>
internal sealed class SharedBuckets(SharedKey key, BucketRates rates)
{
    private readonly Lock _gate = new();
    private BucketPair _buckets;

    public SharedKey Key { get; } = key;

    /// <summary>Connections that have it; the table's.</summary>
    public int Holders { get; set; }

    /// <summary>Whether it is in the table's queue; the table's.</summary>
    public bool IsQueued { get; set; }

    /// <summary>Takes the cost, and from <paramref name="next"/> too, unless somebody refuses or has refused: then nobody pays.</summary>
    public void Take(in RateCost cost, long now, SharedBuckets? next, ref RateVerdict verdict)
    {
        lock (_gate)
        {
            var after = _buckets;
            after.Take(cost, now, rates, ref verdict);
            next?.Take(cost, now, null, ref verdict);
            if (!verdict.IsRefused)
            {
                _buckets = after;
            }
        }
    }

    /// <summary>Ticks until it is as if it were new.</summary>
    public long TicksUntilFull(long now)
    {
        lock (_gate)
        {
            return _buckets.TicksUntilFull(now, rates);
        }
    }
}
