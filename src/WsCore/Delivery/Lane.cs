using System.Buffers;
using WsCore.Diagnostics;
using WsCore.Reliability;

namespace WsCore.Delivery;

/// <summary>The only writer of its connections' outboxes and of its part of each room's membership.</summary>
/// <remarks>
/// Any thread posts. Whoever posts to a lane that nobody owns becomes its owner and runs the turn on the spot, after leaving its locks, for a bounded number
/// of flushes; what is left goes on with the <see cref="LaneScheduler"/>, ownership included, while the next messages pile up and share their writes.
/// A turn waits for nothing, takes no room's gate, calls no user code (but for whoever listens to its measurements, whose exceptions it catches), and is never run from within a turn; what it finds necessary beyond its
/// outboxes is told to their owners when it is over.
/// </remarks>
internal sealed class Lane(int index, LaneOptions options, LaneScheduler scheduler, TimeProvider time, ReliableOptions? reliable = null) : IThreadPoolWorkItem
{
    private const int ScratchBytes = 64 * 1024;
    private const int ClockEvery = 8;

    [ThreadStatic]
    private static bool t_inTurn;

    private readonly Inbox _inbox = new(options.InboxItems, options.InboxBytes, scheduler);
    private readonly List<Outbox> _dirty = [];
    private readonly List<(Outbox Outbox, OutboxEvent What, IReadOnlyList<Frame>? Frames)> _events = [];
    private LaneItem[] _items = new LaneItem[16];
    private LaneRetries? _retries;
    private byte[]? _scratch;
    private readonly List<long> _received = [];
    private int _flushed;
    private long _turnBegan;

    /// <summary>Its number, from 0.</summary>
    public int Index { get; } = index;

    /// <summary>What it has done.</summary>
    public LaneCounters Counters { get; } = new();

    /// <summary>What its connections have yet to confirm.</summary>
    public LaneRetries Retries => LazyInitializer.EnsureInitialized(ref _retries, () => new LaneRetries(this, reliable ?? new ReliableOptions(), time));

    /// <summary>What is measured of its turns; null until somebody can listen.</summary>
    public LaneMetrics? Metrics { private get; set; }

    /// <summary>Spare queues for its outboxes.</summary>
    internal FrameQueuePool Queues { get; } = new();

    /// <summary>Where frames that share a write are put side by side.</summary>
    internal byte[] Scratch => _scratch ??= ArrayPool<byte>.Shared.Rent(ScratchBytes);

    /// <summary>Items that wait; a reading.</summary>
    public int Waiting => _inbox.Count;

    /// <summary>So much waits that whoever posts should, before the next request.</summary>
    public bool IsCongested => _inbox.IsFull;

    /// <summary>Completes when the inbox has been taken, or at once when it is not full.</summary>
    public Task WaitAsync() => _inbox.WaitAsync();

    /// <summary>Adds an item and, if nobody else will, works through the inbox on the spot. Not to be called under a lock.</summary>
    public void Post(in LaneItem item)
    {
        if (Enqueue(item))
        {
            Run();
        }
    }

    /// <summary>Adds an item; may be called under a lock. True: the caller owns the lane and must call <see cref="Run"/> once it has left its locks.</summary>
    public bool Enqueue(in LaneItem item) => _inbox.Post(item);

    /// <summary>Runs a turn of bounded length for the owner, on the spot unless this thread is in a turn already.</summary>
    public void Run()
    {
        if (t_inTurn || scheduler.SpotFlushes == 0)
        {
            scheduler.Continue(this);
            return;
        }

        Turn(scheduler.SpotFlushes, time.GetTimestamp());
    }

    /// <summary>The same, but elsewhere and soon.</summary>
    public void Continue() => scheduler.Continue(this);

    /// <summary>Has something run soon, in no turn.</summary>
    public void Queue(IThreadPoolWorkItem work) => scheduler.Queue(work);

    /// <inheritdoc cref="LaneScheduler.NewSignal"/>
    public TaskCompletionSource NewSignal() => scheduler.NewSignal();

    /// <inheritdoc cref="LaneScheduler.WhenComplete"/>
    public Task WhenComplete(TaskCompletionSource signal) => scheduler.WhenComplete(signal);

    /// <inheritdoc cref="LaneScheduler.Complete"/>
    public void Complete(TaskCompletionSource signal) => scheduler.Complete(signal);

    /// <summary>Tells of a fault that is one of this program's.</summary>
    public void Failed(Exception exception) => scheduler.Failed(this, exception);

    /// <summary>Runs until there is nothing left. Called by the scheduler, which was handed the ownership.</summary>
    public void RunAll() => Turn(int.MaxValue, started: 0);

    void IThreadPoolWorkItem.Execute() => RunAll();

    /// <summary>A moment, for <see cref="Since"/>.</summary>
    internal long Now => time.GetTimestamp();

    /// <summary>Time since a moment.</summary>
    internal TimeSpan Since(long moment) => time.GetElapsedTime(moment);

    /// <summary>Puts an outbox on the list of those to flush at the end of the turn.</summary>
    internal void Touch(Outbox outbox)
    {
        if (!outbox.Dirty)
        {
            outbox.Dirty = true;
            _dirty.Add(outbox);
        }
    }

    /// <summary>Leaves word for an outbox's owner, who hears it after the turn.</summary>
    internal void Tell(Outbox outbox, OutboxEvent what, IReadOnlyList<Frame>? frames = null) => _events.Add((outbox, what, frames));

    /// <summary>A write that has not ended keeps the scratch buffer, if that is what it was given; the lane goes on with another.</summary>
    internal byte[]? Lend(ReadOnlyMemory<byte> chunk)
    {
        if (_scratch is null || !System.Runtime.InteropServices.MemoryMarshal.TryGetArray(chunk, out var segment) || segment.Array != _scratch)
        {
            return null;
        }

        var lent = _scratch;
        _scratch = null;
        return lent;
    }

    private void Turn(int budget, long started)
    {
        List<(Outbox Outbox, OutboxEvent What, IReadOnlyList<Frame>? Frames)>? events = null;
        t_inTurn = true;
        try
        {
            while (true)
            {
                if (!FlushDirty(ref budget, started))
                {
                    scheduler.Continue(this);
                    break;
                }

                Measure();
                if (_events.Count > 0)
                {
                    (events ??= []).AddRange(_events);
                    _events.Clear();
                }

                if (!_inbox.Take(ref _items, out var count))
                {
                    break;
                }

                Counters.Turns++;
                _turnBegan = Metrics is { IsEnabled: true } ? Begin(count) : 0;
                Apply(_items.AsSpan(0, count));
            }

            // Ownership is gone: from here on nothing of the lane may be touched but by posting.
            if (events is not null)
            {
                TellOwners(events);
            }
        }
        finally
        {
            t_inTurn = false;
        }
    }

    private bool FlushDirty(ref int budget, long started)
    {
        while (_flushed < _dirty.Count)
        {
            if (budget == 0 || (budget % ClockEvery == 1 && started != 0 && time.GetElapsedTime(started) > scheduler.SpotTime))
            {
                return false;
            }

            budget--;
            try
            {
                _dirty[_flushed++].Flush();
            }
            catch (Exception exception)
            {
                scheduler.Failed(this, exception); // a fault of one outbox; the lane must get back to its inbox
            }
        }

        _dirty.Clear();
        _flushed = 0;
        return true;
    }

    private void Apply(Span<LaneItem> items)
    {
        foreach (ref readonly var item in items)
        {
            try
            {
                Apply(item);
            }
            catch (Exception exception)
            {
                scheduler.Failed(this, exception); // or nobody would ever own the lane again
            }
        }

        items.Clear(); // no frame or connection is kept alive by an idle lane
    }

    private void Apply(in LaneItem item)
    {
        switch (item.Action)
        {
            case LaneAction.Deliver:
                if (Deliver((Part)item.Target, item.Frame!, item.Other))
                {
                    Remember(item.Frame!);
                }

                break;
            case LaneAction.DeliverEach:
                foreach (var outbox in (Outbox[])item.Target)
                {
                    outbox.Append(item.Frame!);
                }

                break;
            case LaneAction.Send:
                ((Outbox)item.Target).Append(item.Frame!);
                break;
            case LaneAction.ControlPong:
                ((Outbox)item.Target).Pong(item.Frame!, control: true);
                break;
            case LaneAction.EnvelopePong:
                ((Outbox)item.Target).Pong(item.Frame!, control: false);
                break;
            case LaneAction.Hold:
                ((Outbox)item.Target).Hold();
                break;
            case LaneAction.Release:
                ((Outbox)item.Target).Release(item.Frame);
                break;
            case LaneAction.Enter:
                ((Subscription)item.Target).Part.Add((Subscription)item.Target);
                break;
            case LaneAction.Exit:
                ((Subscription)item.Target).Part.Remove((Subscription)item.Target);
                break;
            case LaneAction.Replay:
                foreach (var frame in (Frame[])item.Target)
                {
                    item.Other!.Append(frame, track: false); // who catches up has a position, which is better than a confirmation
                }

                break;
            case LaneAction.Pause:
                ((Subscription)item.Target).Pause(paused: true);
                break;
            case LaneAction.GoLive:
                ((Subscription)item.Target).Pause(paused: false);
                break;
            case LaneAction.AwaitDrain:
                ((Outbox)item.Target).AwaitDrain();
                break;
            case LaneAction.Close:
                ((Outbox)item.Target).Close(item.Frame!);
                break;
            case LaneAction.Confirm:
                var confirmation = (Confirmation)item.Target;
                confirmation.Outbox.Confirm(confirmation.Ids.Span);
                break;
            case LaneAction.Tick:
                ((LaneRetries)item.Target).Tick();
                break;
            case LaneAction.Written:
                ((Outbox)item.Target).Written();
                break;
            case LaneAction.Retire:
                ((Outbox)item.Target).Retire();
                break;
        }
    }

    private long Begin(int items)
    {
        try
        {
            Metrics!.Batch(items);
        }
        catch (Exception exception)
        {
            scheduler.Failed(this, exception); // a listener's
        }

        return time.GetTimestamp();
    }

    private void Remember(Frame frame)
    {
        if (_turnBegan != 0 && frame.Received != 0)
        {
            _received.Add(frame.Received);
        }
    }

    /// <summary>Everything that the turn touched has been flushed.</summary>
    private void Measure()
    {
        if (_turnBegan == 0)
        {
            return;
        }

        try
        {
            var now = time.GetTimestamp();
            Metrics!.Turn(time.GetElapsedTime(_turnBegan, now));
            foreach (var received in _received)
            {
                Metrics.Delivery(time.GetElapsedTime(received, now));
            }
        }
        catch (Exception exception)
        {
            scheduler.Failed(this, exception); // a listener's; the lane must get back to its inbox
        }

        _received.Clear();
        _turnBegan = 0;
    }

    /// <summary>True: somebody was there to have it.</summary>
    private static bool Deliver(Part part, Frame frame, Outbox? except)
    {
        var any = false;
        var skipPaused = frame.IsNumbered && part.Paused > 0;
        foreach (ref readonly var entry in part.Entries)
        {
            if (entry.Outbox != except && !(skipPaused && entry.Subscription.IsPaused))
            {
                entry.Outbox.Append(frame);
                any = true;
            }
        }

        return any;
    }

    private void TellOwners(List<(Outbox Outbox, OutboxEvent What, IReadOnlyList<Frame>? Frames)> events)
    {
        foreach (var (outbox, what, frames) in events)
        {
            try
            {
                Tell(outbox.Owner, what, frames ?? []);
            }
            catch (Exception exception)
            {
                scheduler.Failed(this, exception);
            }
        }
    }

    private static void Tell(IOutboxOwner owner, OutboxEvent what, IReadOnlyList<Frame> frames)
    {
        switch (what)
        {
            case OutboxEvent.Overflowed:
                owner.Overflowed();
                break;
            case OutboxEvent.Drained:
                owner.Drained();
                break;
            case OutboxEvent.CloseWritten:
                owner.CloseWritten();
                break;
            case OutboxEvent.WriteFailed:
                owner.WriteFailed();
                break;
            case OutboxEvent.Retired:
                owner.Retired();
                break;
            case OutboxEvent.Unconfirmed:
                owner.Unconfirmed();
                break;
            case OutboxEvent.GivenUp:
                owner.GivenUp(frames);
                break;
        }
    }
}
