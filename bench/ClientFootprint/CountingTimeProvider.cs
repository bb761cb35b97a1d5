namespace WsCore.ClientFootprint;

/// <summary>The system's clock, which counts the timers that were made of it and are not disposed.</summary>
internal sealed class CountingTimeProvider : TimeProvider
{
    private int _timers;

    public int Timers => Volatile.Read(ref _timers);

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        Interlocked.Increment(ref _timers);
        return new Timer(this, System.CreateTimer(callback, state, dueTime, period));
    }

    private sealed class Timer(CountingTimeProvider time, ITimer inner) : ITimer
    {
        private int _isDisposed;

        public bool Change(TimeSpan dueTime, TimeSpan period) => inner.Change(dueTime, period);

        public void Dispose()
        {
            inner.Dispose();
            Count();
        }

        public ValueTask DisposeAsync()
        {
            Count();
            return inner.DisposeAsync();
        }

        private void Count()
        {
            if (Interlocked.Exchange(ref _isDisposed, 1) == 0)
            {
                Interlocked.Decrement(ref time._timers);
            }
        }
    }
}
