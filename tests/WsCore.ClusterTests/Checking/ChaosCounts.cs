namespace WsCore.ClusterTests.Checking;

/// <summary>What happened in a run. Written under the checker's lock.</summary>
internal sealed record ChaosCounts
{
    public int Connections { get; set; }

    public int Joins { get; set; }

    public int Recovered { get; set; }

    public int NotRecovered { get; set; }

    public int Sent { get; set; }

    public int Received { get; set; }

    public int Acks { get; set; }

    public int Duplicates { get; set; }

    public int Refusals { get; set; }

    public int SlowReaders { get; set; }

    public int Losses { get; set; }

    /// <summary>Own messages whose number the sender missed, for it was answered with an error or as a duplicate.</summary>
    public int OwnGaps { get; set; }

    /// <summary>Acked messages of an epoch that ended by a loss, which no other client saw.</summary>
    public int AckedAndLost { get; set; }
}
