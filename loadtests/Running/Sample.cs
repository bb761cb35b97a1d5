namespace WsCore.LoadTests.Running;

/// <summary>A second of the run. Latencies are of what came in it, in µs; null where nothing did.</summary>
/// <param name="Second">Since the run began.</param>
/// <param name="Phase">What went on.</param>
/// <param name="Span">How long it really was, in seconds.</param>
internal sealed record Sample(double Second, string Phase, double Span)
{
    public long Connections { get; init; }

    public double SendRate { get; init; }

    public double DeliveryRate { get; init; }

    public double ConnectRate { get; init; }

    public double? P50 { get; init; }

    public double? P99 { get; init; }

    public double? P999 { get; init; }

    public double? Max { get; init; }

    public double? LagP99 { get; init; }

    public long Errors { get; init; }

    public long Closes { get; init; }

    public UsageSample Tester { get; init; } = UsageSample.None;

    public UsageSample Server { get; init; } = UsageSample.None;
}
