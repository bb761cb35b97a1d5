namespace WsCore.Delivery;

/// <summary>Frames in the order in which they will be sent. One frame needs no queue, and an empty one owns none.</summary>
/// <remarks>A mutable struct, owned by whoever owns the field.</remarks>
internal struct FrameQueue
{
    private Frame? _first;
    private Queue<Frame>? _rest;

    public readonly int Count => (_first is null ? 0 : 1) + (_rest?.Count ?? 0);

    public readonly bool IsEmpty => _first is null;

    public readonly Frame First => _first!;

    public void Enqueue(Frame frame, FrameQueuePool pool)
    {
        if (_first is null)
        {
            _first = frame;
            return;
        }

        (_rest ??= pool.Rent()).Enqueue(frame);
    }

    public Frame Dequeue(FrameQueuePool pool)
    {
        var frame = _first!;
        if (_rest is null)
        {
            _first = null;
        }
        else
        {
            _first = _rest.Dequeue();
            if (_rest.Count == 0)
            {
                pool.Return(_rest);
                _rest = null;
            }
        }

        return frame;
    }

    /// <summary>Takes the ephemeral frames out; returns how many, and their bytes.</summary>
    public (int Frames, int Bytes) DropEphemeral(FrameQueuePool pool)
    {
        var (frames, bytes) = (0, 0);
        for (var left = Count; left > 0; left--)
        {
            var frame = Dequeue(pool);
            if (frame.Ephemeral)
            {
                frames++;
                bytes += frame.Length;
            }
            else
            {
                Enqueue(frame, pool);
            }
        }

        return (frames, bytes);
    }

    public void Clear(FrameQueuePool pool)
    {
        _first = null;
        if (_rest is { } rest)
        {
            rest.Clear();
            pool.Return(rest);
            _rest = null;
        }
    }
}
