namespace WsCore.Delivery;

/// <summary>What may wait for one reader.</summary>
/// <param name="Bytes">For a reader whose last write is stuck.</param>
/// <param name="BurstBytes">For one that reads, and whom a burst has overtaken.</param>
internal readonly record struct OutboxBounds(int Bytes, int BurstBytes)
{
    /// <summary>How long a write may be pending before its reader stands still.</summary>
    public static readonly TimeSpan Stuck = TimeSpan.FromSeconds(1);

    /// <summary>So little is left that a replay may add its next step.</summary>
    public int Drained => Bytes / 16;

    public static OutboxBounds From(OutboxOptions options) => new(options.MaxBytes, options.BurstBytes);
}
