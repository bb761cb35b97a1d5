namespace WsCore.Server.Metrics;

/// <summary>Counts what is recorded in buckets.</summary>
/// <remarks>Like <see cref="SumSeries"/>. The count is told as the sum of the buckets, so that the two agree however many record meanwhile; NaN is not counted.</remarks>
internal sealed class HistogramSeries(string labels, double[] bounds) : Series(labels)
{
    private readonly Cells _cells = new(bounds.Length + 2);

    public override void Record(long value) => Record((double)value);

    public override void Record(double value)
    {
        if (double.IsNaN(value))
        {
            return;
        }

        var bucket = 0;
        while (bucket < bounds.Length && value > bounds[bucket])
        {
            bucket++;
        }

        var mine = _cells.Mine;
        Interlocked.Increment(ref mine[bucket]);
        Cells.Add(ref mine[bounds.Length + 1], value);
    }

    public override void Write(PrometheusWriter writer, string name)
    {
        Span<long> counts = stackalloc long[bounds.Length + 1];
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] = _cells.Sum(i);
        }

        writer.Histogram(name, Labels, bounds, counts, _cells.SumOfDoubles(bounds.Length + 1));
    }
}
