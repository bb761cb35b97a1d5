namespace WsCore.Reliability;

/// <summary>What is remembered of a request: that somebody carries it out, or its answer.</summary>
/// <remarks>Belongs to the lock of its <see cref="MemoryDedupeStore"/>.</remarks>
internal sealed class OnceEntry(OnceKey key, Fingerprint fingerprint)
{
    // The entry (80), its place in the dictionary (40, of which up to half are free), in the queue (8, the same), the heads of two strings and an array (72).
    private const int Overhead = 256;

    private Queue<TaskCompletionSource<OnceClaim>>? _waiters;

    public OnceKey Key { get; } = key;

    public Fingerprint Fingerprint { get; } = fingerprint;

    public ReadOnlyMemory<byte> Answer { get; private set; }

    /// <summary>The timestamp of the answer; null while the request is in flight.</summary>
    public long? CompletedAt { get; private set; }

    /// <summary>What it takes, in bytes.</summary>
    public long Bytes => Overhead + (sizeof(char) * ((Key.User?.Length ?? 0) + Key.Once.Length)) + Answer.Length;

    public Task<OnceClaim> Wait(TaskCreationOptions options)
    {
        var waiter = new TaskCompletionSource<OnceClaim>(options);
        (_waiters ??= new()).Enqueue(waiter);
        return waiter.Task;
    }

    /// <returns>Who waited for the answer.</returns>
    public IReadOnlyCollection<TaskCompletionSource<OnceClaim>> Complete(ReadOnlyMemory<byte> answer, long now)
    {
        (Answer, CompletedAt) = (answer, now);
        var waiters = _waiters;
        _waiters = null;
        return (IReadOnlyCollection<TaskCompletionSource<OnceClaim>>?)waiters ?? [];
    }

    /// <returns>Whose turn it is now; null where nobody waits.</returns>
    public TaskCompletionSource<OnceClaim>? Next() => _waiters is not null && _waiters.TryDequeue(out var waiter) ? waiter : null;
}
