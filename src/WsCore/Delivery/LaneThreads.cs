namespace WsCore.Delivery;

/// <summary>A thread of its own for each lane, started when it is first needed.</summary>
/// <remarks>A thread and not the pool: what is left of a turn is CPU-bound, and meanwhile the next messages should pile up behind it and share its writes.</remarks>
internal sealed class LaneThreads : LaneScheduler, IDisposable
{
    private readonly Lock _gate = new();
    private readonly Dictionary<Lane, SemaphoreSlim> _threads = [];
    private volatile bool _disposed;

    public override void Continue(Lane lane)
    {
        if (lane.Wake is not { } wake)
        {
            lane.Wake = wake = Start(lane);
        }

        wake.Release();
    }

    public void Dispose()
    {
        lock (_gate)
        {
            _disposed = true;
            foreach (var wake in _threads.Values)
            {
                wake.Release();
            }
        }
    }

    private SemaphoreSlim Start(Lane lane)
    {
        lock (_gate)
        {
            if (_threads.TryGetValue(lane, out var existing))
            {
                return existing;
            }

            var wake = new SemaphoreSlim(0);
            _threads.Add(lane, wake);
            new Thread(() => Run(lane, wake)) { IsBackground = true, Name = $"wscore lane {lane.Index}" }.Start();
            return wake;
        }
    }

    private void Run(Lane lane, SemaphoreSlim wake)
    {
        while (true)
        {
            wake.Wait();
            if (_disposed)
            {
                return;
            }

            lane.RunAll();
        }
    }
}
