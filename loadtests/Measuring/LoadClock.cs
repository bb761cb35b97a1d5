namespace WsCore.LoadTests.Measuring;

/// <summary>Microseconds since the run began, the same for all who send and receive: what latencies are differences of.</summary>
internal sealed class LoadClock(TimeProvider time)
{
    private readonly long _start = time.GetTimestamp();

    public TimeProvider Time => time;

    /// <summary>It goes by itself; false for a clock of the tests.</summary>
    public bool IsReal => time == TimeProvider.System;

    public long Micros => (long)(time.GetElapsedTime(_start).Ticks / (TimeSpan.TicksPerMillisecond / 1000));

    public TimeSpan Elapsed => time.GetElapsedTime(_start);
}
