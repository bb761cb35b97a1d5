using WsCore.Heartbeat;

namespace WsCore.Reliability;

/// <summary>The answers to requests with <c>once</c> of a node that stands alone, in its memory.</summary>
/// <remarks>
/// Thread-safe: one short lock, under which nothing is awaited and nobody is woken. Answers leave in the order in which they came. A request that was abandoned goes to
/// whoever has waited for it longest, so that a crowd of repetitions is woken one at a time.
/// </remarks>
/// <param name="options">The window and the bounds. Counted are the answers that are kept and the requests in flight; the answers of these come on top.</param>
/// <param name="time">The window is measured with its timestamps.</param>
/// <param name="signals">How those who wait are woken. A simulation, which runs everything on one thread, has them run at once.</param>
internal sealed class MemoryDedupeStore(
    DedupeOptions options, TimeProvider time, TaskCreationOptions signals = TaskCreationOptions.RunContinuationsAsynchronously) : IDedupeStore, IDedupeUsage, ITicked
{
    private readonly TimeSpan _window = options.Window;
    private readonly int _maxEntries = options.MaxEntries;
    private readonly long _maxBytes = options.MaxBytes;
    private readonly Lock _gate = new();
    private readonly Dictionary<OnceKey, OnceEntry> _entries = [];
    private readonly Queue<OnceEntry> _completed = [];
    private int _count;
    private long _bytes;
    private long _refused;

    public int Entries => Volatile.Read(ref _count);

    public long Bytes => Volatile.Read(ref _bytes);

    public long Refused => Volatile.Read(ref _refused);

    public ValueTask<OnceClaim> ClaimAsync(OnceKey key, Fingerprint fingerprint)
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            DropExpired(now);
            if (!_entries.TryGetValue(key, out var entry))
            {
                return ValueTask.FromResult(new OnceClaim(TryAdd(new OnceEntry(key, fingerprint)) ? OnceOutcome.First : OnceOutcome.Full));
            }

            if (entry.Fingerprint != fingerprint)
            {
                return ValueTask.FromResult(new OnceClaim(OnceOutcome.Conflict));
            }

            return entry.CompletedAt is null
                ? new ValueTask<OnceClaim>(entry.Wait(signals))
                : ValueTask.FromResult(new OnceClaim(OnceOutcome.Duplicate, entry.Answer));
        }
    }

    /// <exception cref="InvalidOperationException">The key is not claimed.</exception>
    public ValueTask CompleteAsync(OnceKey key, ReadOnlyMemory<byte> answer)
    {
        var now = time.GetTimestamp();
        IReadOnlyCollection<TaskCompletionSource<OnceClaim>> waiters;
        lock (_gate)
        {
            var entry = InFlight(key);
            waiters = entry.Complete(answer, now);
            _bytes += answer.Length;
            _completed.Enqueue(entry);
        }

        foreach (var waiter in waiters)
        {
            waiter.SetResult(new OnceClaim(OnceOutcome.Duplicate, answer));
        }

        return ValueTask.CompletedTask;
    }

    /// <exception cref="InvalidOperationException">The key is not claimed.</exception>
    public ValueTask AbandonAsync(OnceKey key)
    {
        TaskCompletionSource<OnceClaim>? next;
        lock (_gate)
        {
            var entry = InFlight(key);
            next = entry.Next();
            if (next is null)
            {
                Remove(entry);
            }
        }

        next?.SetResult(new OnceClaim(OnceOutcome.First));
        return ValueTask.CompletedTask;
    }

    public void Tick()
    {
        var now = time.GetTimestamp();
        lock (_gate)
        {
            DropExpired(now);
        }
    }

    private OnceEntry InFlight(OnceKey key) =>
        _entries.TryGetValue(key, out var entry) && entry.CompletedAt is null
            ? entry
            : throw new InvalidOperationException("Only a key that was claimed can be completed or abandoned, and only once.");

    private bool TryAdd(OnceEntry entry)
    {
        if (_count >= _maxEntries || _bytes + entry.Bytes > _maxBytes)
        {
            _refused++;
            return false;
        }

        _entries.Add(entry.Key, entry);
        _count++;
        _bytes += entry.Bytes;
        return true;
    }

    private void Remove(OnceEntry entry)
    {
        _entries.Remove(entry.Key);
        _count--;
        _bytes -= entry.Bytes;
    }

    private void DropExpired(long now)
    {
        while (_completed.TryPeek(out var oldest) && time.GetElapsedTime(oldest.CompletedAt!.Value, now) >= _window)
        {
            Remove(_completed.Dequeue());
        }
    }
}
