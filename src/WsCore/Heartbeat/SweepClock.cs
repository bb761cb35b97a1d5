namespace WsCore.Heartbeat;

/// <summary>The time of the last sweep: one word that read loops may look at for every message.</summary>
/// <remarks>Written by the sweeper, read by any thread; as coarse as the sweep.</remarks>
internal sealed class SweepClock
{
    private readonly TimeProvider _time;
    private readonly long _origin;
    private long _now;

    public SweepClock(TimeProvider time)
    {
        _time = time;
        _origin = time.GetTimestamp();
        _now = 1; // 0 means "never" wherever a moment is kept
    }

    /// <summary>Milliseconds since the node began, at the last sweep; never 0.</summary>
    public long Now => Volatile.Read(ref _now);

    /// <summary>Moves the clock; returns the new <see cref="Now"/>.</summary>
    public long Advance()
    {
        var now = 1 + (long)_time.GetElapsedTime(_origin).TotalMilliseconds;
        Volatile.Write(ref _now, now);
        return now;
    }
}
