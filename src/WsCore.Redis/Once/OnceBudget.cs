using WsCore.Reliability;

namespace WsCore.Redis.Once;

/// <summary>How much this node has made Redis remember: what it may is bounded, so that strangers cannot fill Redis through it.</summary>
/// <remarks>Belongs to the lock of its store. Answers leave by the second in which they came, so it takes no memory for each.</remarks>
internal sealed class OnceBudget(DedupeOptions options, TimeProvider time)
{
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(1);

    private readonly TimeSpan _window = options.Window;
    private readonly int _maxEntries = options.MaxEntries;
    private readonly long _maxBytes = options.MaxBytes;
    private readonly Queue<(long Began, int Entries, long Bytes)> _kept = []; // one a second, while there are any
    private (long Began, int Entries, long Bytes) _open;
    private int _entries;
    private long _bytes;

    /// <summary>A reading, from any thread.</summary>
    public int Entries => Volatile.Read(ref _entries);

    /// <inheritdoc cref="Entries"/>
    public long Bytes => Volatile.Read(ref _bytes);

    /// <summary>Takes a place for a request in flight. False: there is none.</summary>
    public bool TryTake(long bytes)
    {
        Expire();
        if (_entries >= _maxEntries || _bytes + bytes > _maxBytes)
        {
            return false;
        }

        _entries++;
        _bytes += bytes;
        return true;
    }

    /// <summary>A request turned out to take more: its answer, which comes on top of the bound.</summary>
    public void Add(long bytes) => _bytes += bytes;

    /// <summary>The place is free again.</summary>
    public void Return(long bytes)
    {
        _entries--;
        _bytes -= bytes;
    }

    /// <summary>The place is an answer's from now on, for the window.</summary>
    public void Keep(long bytes)
    {
        var now = time.GetTimestamp();
        if (_open.Entries > 0 && time.GetElapsedTime(_open.Began, now) >= Step)
        {
            _kept.Enqueue(_open);
            _open = default;
        }

        _open = (_open.Entries == 0 ? now : _open.Began, _open.Entries + 1, _open.Bytes + bytes);
    }

    /// <summary>Frees what the window is over for; up to a second late.</summary>
    public void Expire()
    {
        var now = time.GetTimestamp();
        while (_kept.TryPeek(out var oldest) && IsOver(oldest.Began, now))
        {
            Free(_kept.Dequeue());
        }

        if (_open.Entries > 0 && IsOver(_open.Began, now))
        {
            Free(_open);
            _open = default;
        }
    }

    private bool IsOver(long began, long now) => time.GetElapsedTime(began, now) >= _window + Step;

    private void Free((long Began, int Entries, long Bytes) kept)
    {
        _entries -= kept.Entries;
        _bytes -= kept.Bytes;
    }
}
