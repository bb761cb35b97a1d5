namespace WsCore.Server.Metrics;

/// <summary>Adds up what is recorded.</summary>
/// <remarks>Each processor adds to a cell on a cache line of its own, as far as there are cells. Whole numbers stay exact up to 2⁶³, and are told as exact as a double is.</remarks>
internal sealed class SumSeries(string labels) : Series(labels)
{
    private readonly Cells _cells = new(2);

    public override void Record(long value) => Interlocked.Add(ref _cells.Mine[0], value);

    public override void Record(double value) => Cells.Add(ref _cells.Mine[1], value);

    public override void Write(PrometheusWriter writer, string name) => writer.Sample(name, Labels, _cells.Sum(0) + _cells.SumOfDoubles(1));
}
