using System.Buffers;
using System.Text;
using WsCore.Server.Metrics;
using WsCore.TestKit.Measure;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Metrics;

public sealed class InstrumentTableTests
{
    private const int Threads = 4;
    private const int Each = 50_000;

    [Fact]
    public void Record_TheSameTagsInAnyOrder_AreOneSeries()
    {
        var table = Table(InstrumentKind.Counter);

        table.Record(1, [new("a", "1"), new("b", "2")]);
        table.Record(2, [new("b", "2"), new("a", "1")]);
        table.Record(4, [new("a", new string('1', 1)), new("b", 2)]); // equal as text
        table.Record(8, []);

        Assert.Equal(["m 8", "m{a=\"1\",b=\"2\"} 7"], Samples(table));
    }

    [Fact]
    public void Record_SeriesAreToldSorted()
    {
        var table = Table(InstrumentKind.UpDownCounter);
        foreach (var value in new[] { "c", "a", "B", "b" })
        {
            table.Record(-1, [new("x", value)]);
        }

        Assert.Equal(["m{x=\"B\"} -1", "m{x=\"a\"} -1", "m{x=\"b\"} -1", "m{x=\"c\"} -1"], Samples(table));
    }

    [Fact]
    public void Record_MoreSeriesThanMayBe_GoToOneAndAreCounted()
    {
        var table = Table(InstrumentKind.Counter);
        for (var i = 0; i < InstrumentTable.MostSeries + 10; i++)
        {
            table.Record(1, [new("x", i)]);
        }

        table.Record(1, [new("x", 3)]); // one that is known
        table.Record(5, []);

        var samples = Samples(table);
        Assert.Equal(InstrumentTable.MostSeries + 2, samples.Count); // those with tags, the one without, the one for the rest
        Assert.Contains("m{otel_metric_overflow=\"true\"} 10", samples);
        Assert.Contains("m{x=\"3\"} 2", samples);
        Assert.Contains("m 5", samples);
        Assert.Equal(10, table.Overflowed);
    }

    [Fact]
    public void Record_ObservedSeriesThatAreNotToldAgain_AreGone()
    {
        var table = new InstrumentTable(new MetricFamily("m", InstrumentKind.Counter, null), observable: true) { Scrape = 1 };
        table.Record(5, [new("x", "old")]);
        table.Record(7, [new("x", "kept")]);
        table.Record(100, [new("x", "kept")]); // told twice: one whole, not two
        Assert.Equal(["m{x=\"kept\"} 7", "m{x=\"old\"} 5"], Samples(table));

        table.Scrape = 2;
        table.Record(9, [new("x", "kept")]);
        Assert.Equal(["m{x=\"kept\"} 9"], Samples(table));
    }

    [Fact]
    public void Record_AGauge_KeepsTheLast()
    {
        var table = Table(InstrumentKind.Gauge);
        table.Record(1.5, []);
        table.Record(-2, []);

        Assert.Equal(["m -2"], Samples(table));
    }

    [Fact]
    public void Record_AHistogram_CountsABoundInItsOwnBucketAndNoNaN()
    {
        var table = Table(InstrumentKind.Histogram, 1, 2);
        foreach (var value in new[] { 0.5, 1, 1.5, 2, 2.5, double.NaN, double.PositiveInfinity })
        {
            table.Record(value, []);
        }

        Assert.Equal(["m_bucket{le=\"1\"} 2", "m_bucket{le=\"2\"} 4", "m_bucket{le=\"+Inf\"} 6", "m_sum +Inf", "m_count 6"], Samples(table));
    }

    [Theory]
    [InlineData(InstrumentKind.Counter)]
    [InlineData(InstrumentKind.Histogram)]
    public async Task Record_FromManyThreads_LosesNothing(object kind)
    {
        var table = Table((InstrumentKind)kind, 10);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < Each; i++)
            {
                table.Record(1L, [new("x", (i % 3) switch { 0 => "a", 1 => "b", _ => "c" })]);
                table.Record(0.5, []);
            }
        }))).WithTimeout();

        var samples = Samples(table);
        var suffix = (InstrumentKind)kind == InstrumentKind.Histogram ? "_count" : "";
        string[] tagged = [.. samples.Where(sample => sample.StartsWith($"m{suffix}{{x=", StringComparison.Ordinal))];
        Assert.Equal(3, tagged.Length);
        Assert.Equal(Threads * Each, tagged.Sum(sample => long.Parse(sample.Split(' ')[1], System.Globalization.CultureInfo.InvariantCulture)));
        Assert.Contains((InstrumentKind)kind == InstrumentKind.Histogram ? "m_sum 100000" : "m 100000", samples);
    }

    [Theory]
    [InlineData(InstrumentKind.Counter)]
    [InlineData(InstrumentKind.Gauge)]
    [InlineData(InstrumentKind.Histogram)]
    public void Record_AllocatesNothing(object kind)
    {
        var table = Table((InstrumentKind)kind, 0.001, 0.01, 0.1);
        object boxed = 404;
        var allocated = Allocations.Least(1000, () =>
        {
            table.Record(1L, []);
            table.Record(0.02, []);
            table.Record(1L, [new("type", "broadcast")]);
            table.Record(0.02, [new("scope", "user"), new("kind", "bytes")]);
            table.Record(1L, [new("status", boxed)]);
        });

        Assert.Equal(0, allocated);
    }

    private static InstrumentTable Table(InstrumentKind kind, params double[] bounds) => new(new MetricFamily("m", kind, null), observable: false, bounds);

    private static List<string> Samples(InstrumentTable table)
    {
        var output = new ArrayBufferWriter<byte>();
        table.Write(new PrometheusWriter(output));
        return [.. Encoding.UTF8.GetString(output.WrittenSpan).Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line[0] != '#')];
    }
}
