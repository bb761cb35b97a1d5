using WsCore.Delivery;

namespace WsCore.TestKit.Delivery;

/// <summary>An output that remembers what it was given and does as the test says: takes it at once, keeps it waiting, refuses it.</summary>
/// <remarks>Thread-safe. Two writes at once, which no outbox may make, throw and are remembered in <see cref="Overlapped"/>.</remarks>
internal sealed class ScriptedOutput : IOutput
{
    private readonly Lock _gate = new();
    private readonly List<byte[]> _writes = [];
    private readonly List<ReadOnlyMemory<byte>> _memories = [];
    private TaskCompletionSource? _pending;
    private Exception? _refusal;
    private bool _blocked;
    private bool _overlapped;
    private int _aborts;

    /// <summary>Called at the start of each write, under no lock.</summary>
    public Action? OnWrite { get; set; }

    /// <summary>Called for each abort, under no lock.</summary>
    public Action? OnAbort { get; set; }

    /// <summary>Copies of what was written, write by write.</summary>
    public IReadOnlyList<byte[]> Writes
    {
        get
        {
            lock (_gate)
            {
                return [.. _writes];
            }
        }
    }

    /// <summary>The memory of each write as it was handed over; its content may be another's by now.</summary>
    public IReadOnlyList<ReadOnlyMemory<byte>> Memories
    {
        get
        {
            lock (_gate)
            {
                return [.. _memories];
            }
        }
    }

    /// <summary>All that was written, frame by frame.</summary>
    public List<SentFrame> Frames => SentFrame.Parse([.. Writes.SelectMany(write => write)]);

    /// <summary>The payloads of the text frames that were written.</summary>
    public List<string> Texts => [.. Frames.Where(frame => frame.IsText).Select(frame => frame.Text)];

    public bool IsPending
    {
        get
        {
            lock (_gate)
            {
                return _pending is not null;
            }
        }
    }

    public int Aborts => Volatile.Read(ref _aborts);

    public bool Overlapped => Volatile.Read(ref _overlapped);

    /// <summary>From now on writes stay pending.</summary>
    public void Block()
    {
        lock (_gate)
        {
            _blocked = true;
        }
    }

    /// <summary>Ends the pending write; the next will be pending again.</summary>
    public void CompleteOne() => End(stayBlocked: true, failure: null);

    /// <summary>Ends the pending write, if there is one, and keeps no other waiting.</summary>
    public void Unblock() => End(stayBlocked: false, failure: null);

    /// <summary>Ends the pending write with an exception.</summary>
    public void FailPending(Exception? failure = null) => End(stayBlocked: false, failure ?? new IOException("scripted, later"));

    /// <summary>Every write from now on throws before it returns a task.</summary>
    public void Refuse(Exception? failure = null)
    {
        lock (_gate)
        {
            _refusal = failure ?? new IOException("scripted, at once");
        }
    }

    public ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        OnWrite?.Invoke();
        lock (_gate)
        {
            if (_refusal is { } refusal)
            {
                throw refusal;
            }

            if (_pending is not null)
            {
                _overlapped = true;
                throw new InvalidOperationException("A write while another is pending.");
            }

            _writes.Add(frames.ToArray());
            _memories.Add(frames);
            if (!_blocked)
            {
                return default;
            }

            _pending = new TaskCompletionSource();
            return new ValueTask(_pending.Task);
        }
    }

    public void Abort()
    {
        Interlocked.Increment(ref _aborts);
        OnAbort?.Invoke();
        Refuse(new IOException("aborted"));
        FailPending(new IOException("aborted"));
    }

    private void End(bool stayBlocked, Exception? failure)
    {
        TaskCompletionSource? pending;
        lock (_gate)
        {
            _blocked = stayBlocked;
            pending = _pending;
            _pending = null;
        }

        // Without a context, so that what waits for the write goes on here and now, as on a socket's thread; xunit brings one.
        var context = SynchronizationContext.Current;
        SynchronizationContext.SetSynchronizationContext(null);
        try
        {
            if (failure is null)
            {
                pending?.SetResult();
            }
            else
            {
                pending?.SetException(failure);
            }
        }
        finally
        {
            SynchronizationContext.SetSynchronizationContext(context);
        }
    }
}
