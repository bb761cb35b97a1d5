using WsCore.Framing;

namespace WsCore.Delivery;

/// <summary>What waits to be sent on one connection.</summary>
/// <remarks>
/// Everything here belongs to the lane and is touched only in its turns; other threads post to <see cref="Lane"/>.
/// The bounds hold what waits and what is being written; pongs and the close frame have places of their own, so there is always room for them.
/// </remarks>
internal sealed partial class Outbox(Lane lane, IOutput output, IOutboxOwner owner, OutboxBounds bounds)
{
    private static readonly Frame SlowReaderClose = Frame.FromWire(FrameWriter.Close(CloseCodes.SlowReader, "The connection reads too slowly."));

    // what waits
    private FrameQueue _frames;
    private FrameQueue _held;
    private Frame? _controlPong;
    private Frame? _envelopePong;
    private Frame? _close;
    private int _bytes;
    private int _ephemeral;
    private bool _holding;
    private bool _awaitsDrain;

    // what has become of it
    private bool _closing;
    private bool _closeWritten;
    private bool _dead;
    private bool _retiring;

    public Lane Lane { get; } = lane;

    public IOutboxOwner Owner { get; } = owner;

    /// <summary>On the lane's list of outboxes to flush.</summary>
    internal bool Dirty { get; set; }

    /// <summary>Bytes that wait or are being written.</summary>
    internal int Bytes => _bytes + _writingBytes;

    private bool Takes => !_closing && !_dead;

    /// <summary>A close frame waits, and no reply before it.</summary>
    private bool MayClose => _close is not null && !_holding;

    /// <param name="frame">To be sent.</param>
    /// <param name="track">A reliable message is to be confirmed; not so one that is replayed from history.</param>
    public void Append(Frame frame, bool track = true)
    {
        if (Takes && (frame.Reliable is null || !track || Track(frame)))
        {
            Accept(frame);
        }
    }

    public void Pong(Frame pong, bool control)
    {
        if (!Takes)
        {
            return;
        }

        if (control)
        {
            _controlPong = pong;
        }
        else
        {
            _envelopePong = pong;
        }

        Lane.Touch(this);
    }

    public void Hold() => _holding = Takes; // a close frame that is on its way waits for no reply

    public void Release(Frame? reply)
    {
        // A close frame that came meanwhile waits for the reply; one that was sent for an overflow did not, and ended the holding.
        if (reply is not null && (Takes || (_holding && !_dead)))
        {
            _holding = false;
            Accept(reply);
        }

        _holding = false;
        while (!_held.IsEmpty)
        {
            _frames.Enqueue(_held.Dequeue(Lane.Queues), Lane.Queues);
        }

        Lane.Touch(this);
    }

    public void Close(Frame closeFrame)
    {
        if (!Takes)
        {
            return;
        }

        _closing = true;
        _close = closeFrame;
        Abandon();
        Lane.Touch(this);
    }

    /// <summary>The owner hears when little is left of what waits; at once where that is so now. Where the outbox closes first it hears nothing.</summary>
    public void AwaitDrain()
    {
        _awaitsDrain = Takes;
        Lane.Touch(this);
    }

    /// <summary>The connection is over: nothing more is written, and its owner hears when the last write has ended.</summary>
    public void Retire()
    {
        Die();
        _retiring = true;
        if (!_writing)
        {
            Lane.Tell(this, OutboxEvent.Retired);
        }
    }

    private void Accept(Frame frame)
    {
        if (Bytes + frame.Length > bounds.Bytes && !Fits(frame.Length) && !MakeRoom(frame))
        {
            return;
        }

        if (_dead)
        {
            return; // offering what waits has shown that the transport is gone
        }

        Lane.Counters.Count(frame);
        Wait(frame.Length);
        _ephemeral += frame.Ephemeral ? 1 : 0;
        if (_holding)
        {
            _held.Enqueue(frame, Lane.Queues);
            return;
        }

        _frames.Enqueue(frame, Lane.Queues);
        Lane.Touch(this);
    }

    private void Wait(int bytes)
    {
        _bytes += bytes;
        Lane.Counters.Waiting += bytes;
    }

    private void Fail()
    {
        if (_dead)
        {
            return;
        }

        Die();
        Lane.Tell(this, OutboxEvent.WriteFailed);
    }

    private void Die()
    {
        _dead = true;
        _close = null;
        Abandon();
        DropAll();
    }

    /// <summary>Whether a frame may wait although it is over the bound: a reader is slow only when it has been offered what waits and does not take it.</summary>
    private bool Fits(int length)
    {
        if (!_writing && !_holding)
        {
            Write();
        }

        var waiting = Bytes + (long)length;
        return _dead || waiting <= bounds.Bytes || (waiting <= bounds.BurstBytes && !IsStuck);
    }

    /// <summary>The slow-reader rule: ephemeral messages first, then everything and the connection.</summary>
    /// <remarks>The queues are searched only for a frame that matters, and only when there is something to drop: what does not fit costs the same however much waits.</remarks>
    private bool MakeRoom(Frame frame)
    {
        if (frame.Ephemeral)
        {
            Lane.Counters.DroppedEphemeral++;
            return false;
        }

        if (_ephemeral > 0)
        {
            DropEphemeral();
            if (Fits(frame.Length))
            {
                return true;
            }
        }

        Lane.Counters.SlowReaders++;
        DropReader(SlowReaderClose, OutboxEvent.Overflowed);
        return false;
    }

    /// <summary>Drops everything unsent, and the frame that was to be added, and closes the connection.</summary>
    private void DropReader(Frame close, OutboxEvent what)
    {
        Lane.Counters.DroppedSlow += _frames.Count + _held.Count + 1;
        DropAll();
        _holding = false;
        Close(close);
        Lane.Tell(this, what);
    }

    private void DropEphemeral()
    {
        var dropped = _frames.DropEphemeral(Lane.Queues);
        var heldDropped = _held.DropEphemeral(Lane.Queues);
        Lane.Counters.DroppedEphemeral += dropped.Frames + heldDropped.Frames;
        Wait(-dropped.Bytes - heldDropped.Bytes);
        _ephemeral = 0;
    }

    private void DropAll()
    {
        _frames.Clear(Lane.Queues);
        _held.Clear(Lane.Queues);
        _controlPong = null;
        _envelopePong = null;
        Wait(-_bytes);
        _ephemeral = 0;
    }
}
