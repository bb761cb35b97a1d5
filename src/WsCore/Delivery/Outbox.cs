using System.Buffers;
using System.Runtime.CompilerServices;
using WsCore.Framing;

namespace WsCore.Delivery;

/// <summary>What waits to be sent on one connection.</summary>
/// <remarks>
/// Everything here belongs to the lane and is touched only in its turns; other threads post to <see cref="Lane"/>.
/// The bound holds what waits and what is being written; pongs and the close frame have places of their own, so there is always room for them.
/// </remarks>
internal sealed class Outbox(Lane lane, IOutput output, IOutboxOwner owner, int maxBytes)
{
    private static readonly Frame SlowReaderClose = Frame.FromWire(FrameWriter.Close(CloseCodes.SlowReader, "The connection reads too slowly."));

    // what waits
    private FrameQueue _frames;
    private FrameQueue _held;
    private Frame? _controlPong;
    private Frame? _envelopePong;
    private Frame? _close;
    private int _bytes;
    private bool _holding;

    // the write that has not ended
    private bool _writing;
    private int _writingBytes;
    private byte[]? _lent;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _write;
    private Action? _written;

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

    public void Append(Frame frame)
    {
        if (Takes)
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

    /// <summary>The unfinished write has ended.</summary>
    public void Written()
    {
        EndWrite();
        if (_retiring)
        {
            Lane.Tell(this, OutboxEvent.Retired);
            return;
        }

        Lane.Touch(this);
    }

    /// <summary>Hands what waits to the output, all that fits in one write, until the output makes it wait.</summary>
    public void Flush()
    {
        Dirty = false;
        while (!_writing && !_dead && !_closeWritten)
        {
            var chunk = Gather();
            if (chunk.IsEmpty)
            {
                return;
            }

            Begin(chunk);
        }
    }

    private void Accept(Frame frame)
    {
        Lane.Counters.Frames++;
        if (Bytes + frame.Length > maxBytes && !MakeRoom(frame))
        {
            return;
        }

        _bytes += frame.Length;
        if (_holding)
        {
            _held.Enqueue(frame, Lane.Queues);
            return;
        }

        _frames.Enqueue(frame, Lane.Queues);
        Lane.Touch(this);
    }

    private ReadOnlyMemory<byte> Gather()
    {
        // Nothing beside a single frame: it goes out as it is, uncopied.
        if (_controlPong is null && _envelopePong is null)
        {
            if (_frames.IsEmpty)
            {
                return MayClose ? TakeClose().Wire : default;
            }

            if (_frames.Count == 1 && !MayClose)
            {
                return Take().Wire;
            }
        }

        var scratch = Lane.Scratch.AsSpan();
        var used = 0;
        used += Copy(ref _controlPong, scratch[used..]);
        used += Copy(ref _envelopePong, scratch[used..]);
        while (!_frames.IsEmpty && _frames.First.Length <= scratch.Length - used)
        {
            var frame = Take();
            frame.Wire.CopyTo(scratch[used..]);
            used += frame.Length;
        }

        if (used == 0)
        {
            return Take().Wire; // longer than the scratch buffer
        }

        if (_frames.IsEmpty && MayClose && _close!.Length <= scratch.Length - used)
        {
            var close = TakeClose();
            close.Wire.CopyTo(scratch[used..]);
            used += close.Length;
        }

        return Lane.Scratch.AsMemory(0, used);
    }

    private Frame Take()
    {
        var frame = _frames.Dequeue(Lane.Queues);
        _bytes -= frame.Length;
        return frame;
    }

    private Frame TakeClose()
    {
        var close = _close!;
        _close = null;
        _closeWritten = true; // nothing follows a close frame (RFC 6455 5.5.1)
        return close;
    }

    private static int Copy(ref Frame? frame, Span<byte> destination)
    {
        if (frame is null)
        {
            return 0;
        }

        var length = frame.Length;
        frame.Wire.CopyTo(destination);
        frame = null;
        return length;
    }

    private void Begin(ReadOnlyMemory<byte> chunk)
    {
        Lane.Counters.Writes++;
        Lane.Counters.Bytes += chunk.Length;
        try
        {
            _write = output.WriteAsync(chunk).ConfigureAwait(false).GetAwaiter();
        }
        catch (Exception)
        {
            Fail();
            return;
        }

        _writing = true;
        _writingBytes = chunk.Length;
        if (_write.IsCompleted)
        {
            EndWrite();
            return;
        }

        _lent = Lane.Lend(chunk);
        _write.UnsafeOnCompleted(_written ??= () => Lane.Post(LaneItem.Written(this)));
    }

    private void EndWrite()
    {
        _writing = false;
        _writingBytes = 0;
        var write = _write;
        _write = default;
        if (_lent is { } lent)
        {
            _lent = null;
            ArrayPool<byte>.Shared.Return(lent);
        }

        try
        {
            write.GetResult();
        }
        catch (Exception)
        {
            Fail();
            return;
        }

        if (_closeWritten && !_dead)
        {
            Lane.Tell(this, OutboxEvent.CloseWritten);
        }
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
        DropAll();
    }

    /// <summary>The slow-reader rule: ephemeral messages first, then everything and the connection.</summary>
    private bool MakeRoom(Frame frame)
    {
        var dropped = _frames.DropEphemeral(Lane.Queues);
        var heldDropped = _held.DropEphemeral(Lane.Queues);
        Lane.Counters.DroppedEphemeral += dropped.Frames + heldDropped.Frames;
        _bytes -= dropped.Bytes + heldDropped.Bytes;
        if (Bytes + frame.Length <= maxBytes)
        {
            return true;
        }

        if (frame.Ephemeral)
        {
            Lane.Counters.DroppedEphemeral++;
            return false;
        }

        Lane.Counters.DroppedSlow += _frames.Count + _held.Count + 1;
        Lane.Counters.SlowReaders++;
        DropAll();
        _holding = false;
        Close(SlowReaderClose);
        Lane.Tell(this, OutboxEvent.Overflowed);
        return false;
    }

    private void DropAll()
    {
        _frames.Clear(Lane.Queues);
        _held.Clear(Lane.Queues);
        _controlPong = null;
        _envelopePong = null;
        _bytes = 0;
    }
}
