namespace WsCore.Server.Metrics;

/// <summary>Keeps what was recorded last.</summary>
internal sealed class LastSeries(string labels) : Series(labels)
{
    private double _value;

    public override void Record(long value) => Volatile.Write(ref _value, value);

    public override void Record(double value) => Volatile.Write(ref _value, value);

    public override void Write(PrometheusWriter writer, string name) => writer.Sample(name, Labels, Volatile.Read(ref _value));
}
