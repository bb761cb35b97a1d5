namespace WsCore.Limits;

/// <summary>The buckets of the users, or of the addresses, that are connected, or were until lately.</summary>
/// <remarks>
/// Thread-safe. One lock, taken when a connection comes and goes and by the sweep; inside it the lock of single buckets. Coming back must not fill a bucket, so
/// one that nobody holds is kept until it would be full anyway, which is known when it is left. Bound: one for each that is connected, and
/// <see cref="MaxRefilling"/> that are not; over it those go that would be full first.
/// </remarks>
internal sealed class SharedBucketTable(BucketRates rates)
{
    /// <summary>Entries that nobody holds; some 200 bytes each.</summary>
    public const int MaxRefilling = 100_000;

    private readonly Lock _gate = new();
    private readonly Dictionary<SharedKey, SharedBuckets> _entries = [];

    // By the moment at which they are full, as far as was known when they were queued. One that was taken again since stays where it is until that moment.
    private readonly PriorityQueue<SharedBuckets, long> _refilling = new();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _entries.Count;
            }
        }
    }

    /// <summary>For one more connection, which must <see cref="Leave"/>.</summary>
    public SharedBuckets Enter(SharedKey key)
    {
        lock (_gate)
        {
            if (!_entries.TryGetValue(key, out var entry))
            {
                entry = new SharedBuckets(key, rates);
                _entries.Add(key, entry);
            }

            entry.Holders++;
            return entry;
        }
    }

    public void Leave(SharedBuckets entry, long now)
    {
        lock (_gate)
        {
            if (--entry.Holders == 0 && !entry.IsQueued)
            {
                KeepOrForget(entry, now);
                if (_refilling.Count > MaxRefilling)
                {
                    Forget(_refilling.Dequeue());
                }
            }
        }
    }

    /// <summary>Forgets what is full and held by nobody.</summary>
    public void Sweep(long now)
    {
        lock (_gate)
        {
            while (_refilling.TryPeek(out _, out var full) && full <= now)
            {
                var entry = _refilling.Dequeue();
                entry.IsQueued = false;
                if (entry.Holders == 0)
                {
                    KeepOrForget(entry, now);
                }
            }
        }
    }

    private void KeepOrForget(SharedBuckets entry, long now)
    {
        var ticks = entry.TicksUntilFull(now);
        if (ticks == 0)
        {
            _entries.Remove(entry.Key);
            return;
        }

        entry.IsQueued = true;
        _refilling.Enqueue(entry, ticks < long.MaxValue - now ? now + ticks : long.MaxValue);
    }

    private void Forget(SharedBuckets entry)
    {
        entry.IsQueued = false;
        if (entry.Holders == 0)
        {
            _entries.Remove(entry.Key);
        }
    }
}
