namespace WsCore.Redis.Nodes;

/// <summary>Work that is not begun again while it goes on.</summary>
/// <remarks>Thread-safe. The work must not throw: what it throws ends in the task that <see cref="WhenIdleAsync"/> gives.</remarks>
internal sealed class OneAtATime
{
    private readonly Lock _gate = new();
    private Task _running = Task.CompletedTask;

    /// <summary>Begins the work on the pool, unless it goes on already.</summary>
    public bool TryStart(Func<Task> work)
    {
        lock (_gate)
        {
            if (!_running.IsCompleted)
            {
                return false;
            }

            _running = Task.Run(work);
            return true;
        }
    }

    public Task WhenIdleAsync()
    {
        lock (_gate)
        {
            return _running;
        }
    }
}
