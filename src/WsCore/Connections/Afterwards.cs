using System.Collections.Concurrent;

namespace WsCore.Connections;

/// <summary>What still runs for connections that have ended: their transports do not wait for it, a node that stops does.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Afterwards
{
    private readonly ConcurrentDictionary<Task, byte> _running = new();

    /// <summary>Keeps a task, which must not fail, until it is done.</summary>
    public void Add(Task task)
    {
        if (task.IsCompleted)
        {
            return;
        }

        _running.TryAdd(task, 0);
        task.ContinueWith(
            static (done, running) => ((ConcurrentDictionary<Task, byte>)running!).TryRemove(done, out _),
            _running,
            CancellationToken.None,
            TaskContinuationOptions.ExecuteSynchronously,
            TaskScheduler.Default);
    }

    /// <summary>Completes when everything that runs now is done.</summary>
    public Task WhenDone() => Task.WhenAll(_running.Keys);
}
