namespace WsCore.Delivery;

/// <summary>What a lane has done so far.</summary>
/// <remarks>Plain numbers with one writer, the lane; readers may be a moment behind.</remarks>
internal sealed class LaneCounters
{
    /// <summary>Frames put into outboxes.</summary>
    public long Frames;

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
}
