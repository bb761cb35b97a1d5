namespace WsCore.BusBenchmark;

/// <summary>From the call that publishes to the write at the other node's member, in microseconds.</summary>
internal readonly record struct Latency(double Median, double P99);
