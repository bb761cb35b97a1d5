using System.Buffers;
using System.Runtime.CompilerServices;

namespace WsCore.Delivery;

/// <content>How what waits gets to the output: one write at a time, with all that fits.</content>
internal sealed partial class Outbox
{
    // the write that has not ended
    private bool _writing;
    private int _writingBytes;
    private long _writingSince;
    private byte[]? _lent;
    private ConfiguredValueTaskAwaitable.ConfiguredValueTaskAwaiter _write;
    private Action? _written;

    /// <summary>The unfinished write has ended.</summary>
    public void Written()
    {
        Lane.Counters.Waiting -= _writingBytes;
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
        Write();
        if (_awaitsDrain && Bytes <= bounds.Drained)
        {
            _awaitsDrain = false;
            if (Takes)
            {
                Lane.Tell(this, OutboxEvent.Drained);
            }
        }
    }

    private void Write()
    {
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

    /// <summary>The reader takes nothing: what was handed to the output a while ago is still there.</summary>
    private bool IsStuck => _writing && Lane.Since(_writingSince) >= OutboxBounds.Stuck;

    private Frame Take()
    {
        var frame = _frames.Dequeue(Lane.Queues);
        Wait(-frame.Length);
        _ephemeral -= frame.Ephemeral ? 1 : 0;
        return frame;
    }

    private Frame TakeClose()
    {
        var close = _close!;
        _close = null;
        Lane.Counters.Count(close);
        _closeWritten = true; // nothing follows a close frame (RFC 6455 5.5.1)
        return close;
    }

    private int Copy(ref Frame? frame, Span<byte> destination)
    {
        if (frame is null)
        {
            return 0;
        }

        var length = frame.Length;
        frame.Wire.CopyTo(destination);
        Lane.Counters.Count(frame);
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

        Lane.Counters.Waiting += _writingBytes;
        _writingSince = Lane.Now;
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
}
