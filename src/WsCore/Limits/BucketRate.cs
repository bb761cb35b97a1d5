namespace WsCore.Limits;

/// <summary>What the buckets of one kind share: how fast they refill and how much they hold.</summary>
/// <remarks>
/// Immutable. The unit is a token divided by the clock's frequency: a token costs <i>frequency</i> units, a tick gives back <i>tokens per second</i> units. At a
/// frequency of 1 GHz the largest burst that can be configured, 2³² bytes, takes 62 of the 63 bits.
/// </remarks>
internal sealed class BucketRate
{
    private readonly long _burst;
    private readonly long _frequency;

    /// <param name="perSecond">Tokens a second; 0 is unlimited.</param>
    /// <param name="burst">Tokens that a full bucket holds, at least 1.</param>
    /// <param name="frequency">Ticks a second of the clock, <see cref="TimeProvider.TimestampFrequency"/>.</param>
    public BucketRate(long perSecond, long burst, long frequency)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(perSecond);
        ArgumentOutOfRangeException.ThrowIfLessThan(burst, 1);
        ArgumentOutOfRangeException.ThrowIfLessThan(frequency, 1);
        _frequency = frequency;
        _burst = Math.Min(burst, long.MaxValue / frequency);
        PerTick = perSecond;
        Capacity = _burst * frequency;
        TicksToFill = IsUnlimited ? 0 : TicksFor(Capacity);
    }

    public bool IsUnlimited => PerTick == 0;

    /// <summary>Units that a tick gives back: as many as tokens that a second gives back.</summary>
    public long PerTick { get; }

    /// <summary>Units of a full bucket.</summary>
    public long Capacity { get; }

    /// <summary>From empty to full.</summary>
    public long TicksToFill { get; }

    /// <summary>Units.</summary>
    public long CostOf(long tokens) => Math.Min(tokens, _burst) * _frequency;

    /// <summary>Ticks in which so many units come back, rounded up.</summary>
    public long TicksFor(long units) => units / PerTick + (units % PerTick == 0 ? 0 : 1);
}
