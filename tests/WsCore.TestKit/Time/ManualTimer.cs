namespace WsCore.TestKit.Time;

/// <summary>A timer of a <see cref="ManualTimeProvider"/>, with the argument rules of the system's timers.</summary>
/// <remarks>
/// The settable properties belong to the provider and are touched only under its lock. The execution context of the
/// creator flows into the callback, as it does with the system's timers.
/// </remarks>
internal sealed class ManualTimer(ManualTimeProvider clock, TimerCallback callback, object? state) : ITimer
{
    private static readonly TimeSpan LongestDelay = TimeSpan.FromMilliseconds(uint.MaxValue - 1);

    private readonly ExecutionContext? _context = ExecutionContext.Capture();

    public static IComparer<ManualTimer> FiringOrder { get; } = Comparer<ManualTimer>.Create(
        (a, b) => a.Due == b.Due ? a.Arming.CompareTo(b.Arming) : a.Due.CompareTo(b.Due));

    public TimeSpan Due { get; set; }

    public long Arming { get; set; }

    public TimeSpan Period { get; set; }

    public int Running { get; set; }

    public bool Disposed { get; set; }

    public TaskCompletionSource? Idle { get; set; }

    public bool Change(TimeSpan dueTime, TimeSpan period)
    {
        Check(dueTime, nameof(dueTime));
        Check(period, nameof(period));
        return clock.Arm(this, dueTime, period);
    }

    public void Dispose() => clock.Retire(this);

    public ValueTask DisposeAsync() => new(clock.Retire(this));

    public void Invoke()
    {
        if (_context is null)
        {
            callback(state);
        }
        else
        {
            ExecutionContext.Run(_context, _ => callback(state), null);
        }
    }

    private static void Check(TimeSpan value, string name)
    {
        if (value != Timeout.InfiniteTimeSpan && (value < TimeSpan.Zero || value > LongestDelay))
        {
            throw new ArgumentOutOfRangeException(name, value, "A timer takes 0 to 2^32-2 ms, or infinite.");
        }
    }
}
