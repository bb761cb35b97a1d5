namespace WsCore.Server.Metrics;

/// <summary>What all series of an instrument share.</summary>
/// <param name="Name">As Prometheus has it.</param>
/// <param name="Kind">What is kept.</param>
/// <param name="Help">What it counts.</param>
internal sealed record MetricFamily(string Name, InstrumentKind Kind, string? Help)
{
    public void Write(PrometheusWriter writer) => writer.Family(Name, Type, Help);

    private ReadOnlySpan<byte> Type => Kind switch
    {
        InstrumentKind.Counter => "counter"u8,
        InstrumentKind.Histogram => "histogram"u8,
        _ => "gauge"u8,
    };
}
