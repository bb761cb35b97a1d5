namespace WsCore.Delivery;

/// <summary>What a lane has done so far.</summary>
/// <remarks>Plain numbers with one writer, the lane; readers may be a moment behind.</remarks>
internal sealed class LaneCounters
{
    private readonly long[] _frames = new long[Enum.GetValues<FrameType>().Length];
    private readonly long[] _frameBytes = new long[Enum.GetValues<FrameType>().Length];

    /// <summary>Bytes that wait in outboxes, and those of writes that have not ended.</summary>
    public long Waiting;

    /// <summary>Bytes handed to outputs.</summary>
    public long Bytes;

    /// <summary>Writes to outputs.</summary>
    public long Writes;

    /// <summary>Turns that took something from the inbox.</summary>
    public long Turns;

    /// <summary>Ephemeral messages dropped for slow readers.</summary>
    public long DroppedEphemeral;

    /// <summary>Messages dropped with a connection that was closed as a slow reader.</summary>
    public long DroppedSlow;

    /// <summary>Connections closed as slow readers.</summary>
    public long SlowReaders;

    /// <summary>Reliable messages put into outboxes, each receiver counted, repetitions not.</summary>
    public long ReliableSent;

    /// <summary>Repetitions of them.</summary>
    public long ReliableRetried;

    /// <summary>Those that their receivers confirmed.</summary>
    public long ReliableConfirmed;

    /// <summary>Those that came as often as they may, unconfirmed.</summary>
    public long ReliableGivenUp;

    /// <summary>Those that were unconfirmed when their connections ended.</summary>
    public long ReliableAbandoned;

    /// <summary>Connections closed because too much was unconfirmed.</summary>
    public long ReliableOverflows;

    /// <summary>Frames put into outboxes, of all types.</summary>
    public long Frames
    {
        get
        {
            long sum = 0;
            foreach (var frames in _frames)
            {
                sum += frames;
            }

            return sum;
        }
    }

    /// <summary>Frames of a type that were put into outboxes; of pongs and closes, which may be replaced there, those that were written.</summary>
    public long FramesOf(FrameType type) => _frames[(int)type];

    /// <summary>Their bytes, headers included.</summary>
    public long BytesOf(FrameType type) => _frameBytes[(int)type];

    public void Count(Frame frame)
    {
        _frames[(int)frame.Type]++;
        _frameBytes[(int)frame.Type] += frame.Length;
    }
}
