using WsCore.TestKit.Randomness;

namespace WsCore.TestKit.Time;

/// <summary>
/// A clock that stands still until a test moves it. It starts at an instant taken from <see cref="Seed"/>, so that no
/// test comes to depend on a date, and its timestamps count in an odd unit, so that nobody mistakes them for ticks.
/// </summary>
/// <remarks>
/// <para>Time passes only in <see cref="Advance"/>, which runs the timers that fall due on the calling thread, in the
/// order of their due times (of equal ones the one armed first), with the clock standing at each due time. Continuations
/// of <c>Task.Delay</c> and the like may run in there too. A timer with due time zero fires in the next
/// <see cref="Advance"/>, by zero too, never inside <c>CreateTimer</c> or <c>Change</c>.</para>
/// <para>Any member may be called from any thread and from a callback; no callback runs under the lock. Advancing from
/// a callback moves the clock on from where it stands; of two concurrent advances the later target counts. The clock
/// never goes back. An exception of a callback comes out of <see cref="Advance"/>, with the clock at that due time.</para>
/// <para><c>GetUtcNow</c> is exact to the tick. <c>GetElapsedTime</c> rounds, as on any machine whose frequency is no
/// multiple of a tick: after advancing by 5 s it may say 4.9999999 s. Advance past a deadline, not up to it.</para>
/// </remarks>
internal sealed class ManualTimeProvider : TimeProvider
{
    private const int MaxCallbacksPerInstant = 100_000;

    private readonly Lock _gate = new();
    private readonly SortedSet<ManualTimer> _armed = new(ManualTimer.FiringOrder);
    private readonly DateTimeOffset _startUtc;
    private readonly long _startTimestamp;
    private TimeSpan _elapsed;
    private TimeSpan _wallClockStep;
    private long _armings;

    /// <param name="seed">Decides where the clock starts; the run's seed when it is not given.</param>
    public ManualTimeProvider(int? seed = null)
    {
        Seed = seed ?? TestSeed.Value;
        var random = new Random(Seed);
        var earliest = new DateTimeOffset(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);
        _startUtc = earliest.AddTicks(random.NextInt64(TimeSpan.TicksPerDay * 365 * 90));
        _startTimestamp = random.NextInt64(1L << 60);
    }

    /// <summary>What the starting instant was made from.</summary>
    public int Seed { get; }

    /// <summary>How far the clock has been advanced since it was made.</summary>
    public TimeSpan Elapsed
    {
        get
        {
            lock (_gate)
            {
                return _elapsed;
            }
        }
    }

    /// <summary>How many timers wait to fire: what a test waits for before it advances, and what shows a leak.</summary>
    public int ArmedTimers
    {
        get
        {
            lock (_gate)
            {
                return _armed.Count;
            }
        }
    }

    /// <summary>From now to the next due time; null when no timer is armed.</summary>
    public TimeSpan? UntilNextTimer
    {
        get
        {
            lock (_gate)
            {
                return _armed.Min is { } next ? Max(next.Due - _elapsed, TimeSpan.Zero) : null;
            }
        }
    }

    public override long TimestampFrequency => 1_234_567_891;

    public override TimeZoneInfo LocalTimeZone => TimeZoneInfo.Utc;

    public override DateTimeOffset GetUtcNow()
    {
        lock (_gate)
        {
            return _startUtc + _elapsed + _wallClockStep;
        }
    }

    public override long GetTimestamp() =>
        _startTimestamp + (long)((Int128)Elapsed.Ticks * TimestampFrequency / TimeSpan.TicksPerSecond);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        ArgumentNullException.ThrowIfNull(callback);
        var timer = new ManualTimer(this, callback, state);
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Moves the clock on by <paramref name="by"/> (zero or more) and runs what falls due on the way.</summary>
    /// <exception cref="InvalidOperationException">A timer arms itself again and again without any delay.</exception>
    public void Advance(TimeSpan by)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(by, TimeSpan.Zero);
        var target = Elapsed + by;
        var instant = TimeSpan.MinValue;
        var callbacks = 0;
        while (TakeDue(target) is { } timer)
        {
            callbacks = Elapsed == instant ? callbacks + 1 : 0;
            instant = Elapsed;
            try
            {
                if (callbacks > MaxCallbacksPerInstant)
                {
                    throw new InvalidOperationException("A timer arms itself again and again without any delay.");
                }

                timer.Invoke();
            }
            finally
            {
                FinishCallback(timer);
            }
        }
    }

    /// <summary>
    /// Sets the wall clock forward or back, as an operator or NTP does: <see cref="GetUtcNow"/> jumps, timestamps and
    /// timers do not.
    /// </summary>
    public void StepWallClock(TimeSpan by)
    {
        lock (_gate)
        {
            _wallClockStep += by;
        }
    }

    public override string ToString() => $"manual clock, seed {Seed}, advanced by {Elapsed}, at {GetUtcNow():O}";

    internal bool Arm(ManualTimer timer, TimeSpan dueTime, TimeSpan period)
    {
        lock (_gate)
        {
            if (timer.Disposed)
            {
                return false;
            }

            _armed.Remove(timer);
            timer.Period = period;
            if (dueTime != Timeout.InfiniteTimeSpan)
            {
                Enqueue(timer, _elapsed + dueTime);
            }

            return true;
        }
    }

    /// <summary>Takes a timer out for good; the task ends when none of its callbacks is running any more.</summary>
    internal Task Retire(ManualTimer timer)
    {
        lock (_gate)
        {
            timer.Disposed = true;
            _armed.Remove(timer);
            if (timer.Running == 0)
            {
                return Task.CompletedTask;
            }

            timer.Idle ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            return timer.Idle.Task;
        }
    }

    private ManualTimer? TakeDue(TimeSpan target)
    {
        lock (_gate)
        {
            var timer = _armed.Min;
            if (timer is null || timer.Due > target)
            {
                _elapsed = Max(_elapsed, target);
                return null;
            }

            _armed.Remove(timer);
            _elapsed = Max(_elapsed, timer.Due);
            if (timer.Period > TimeSpan.Zero)
            {
                Enqueue(timer, timer.Due + timer.Period);
            }

            timer.Running++;
            return timer;
        }
    }

    private void FinishCallback(ManualTimer timer)
    {
        lock (_gate)
        {
            if (--timer.Running == 0)
            {
                timer.Idle?.TrySetResult();
            }
        }
    }

    private void Enqueue(ManualTimer timer, TimeSpan due)
    {
        timer.Due = due;
        timer.Arming = ++_armings;
        _armed.Add(timer);
    }

    private static TimeSpan Max(TimeSpan a, TimeSpan b) => a > b ? a : b;
}
