using System.Diagnostics.Metrics;
using System.Text;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Benchmarks.Running;
using WsCore.Server.Metrics;

namespace WsCore.Benchmarks;

/// <summary>What a measurement costs whoever makes it, with the host's <c>/metrics</c> off and on, and what a scrape costs.</summary>
/// <remarks>Off and on are two hosts in one process, as a collector listens to its own host only.</remarks>
public class MetricsBenchmarks
{
    private static readonly KeyValuePair<string, object?>[] Types =
        Tags("type", ["join", "leave", "broadcast", "send", "state", "members", "online", "history", "call", "ping", "ack", "auth", "unknown"]);

    // As many as are kept one by one, and one more; alike in all that the table's hash looks at.
    private static readonly KeyValuePair<string, object?>[] Alike = Tags("type", [.. Enumerable.Range(0, InstrumentTable.MostSeries + 1).Select(number => $"a{number:000}mmmmm{number:000}z")]);
    private static readonly KeyValuePair<string, object?> Kind = new("kind", "bytes");
    private static readonly double[] Bounds = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5];

    private readonly MeteredHost _off = new(collects: false);
    private readonly MeteredHost _on = new(collects: true);
    private readonly MeteredHost _full = new(collects: true);
    private int _next;

    /// <summary>Fills the tables of one host, and sees that they are full.</summary>
    [GlobalSetup]
    public void Setup()
    {
        foreach (var tag in Alike)
        {
            _full.Counter.Add(1, tag);
        }

        foreach (var number in Enumerable.Range(0, InstrumentTable.MostSeries))
        {
            _full.Histogram.Record(0.0004, new KeyValuePair<string, object?>("room", $"room-{number}"));
        }

        _on.Histogram.Record(0.0004);
        if (!Encoding.UTF8.GetString(_full.Collector!.Scrape().Span).Contains("bench_counter_total{otel_metric_overflow=\"true\"} 1\n", StringComparison.Ordinal) || _off.Counter.Enabled)
        {
            throw new InvalidOperationException("The hosts are not what was thought.");
        }
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _off.Dispose();
        _on.Dispose();
        _full.Dispose();
    }

    [Benchmark(Description = "add to a counter where nobody listens")]
    public void CounterOff() => _off.Counter.Add(1);

    [Benchmark(Description = "add to a counter by type where nobody listens")]
    public void CounterByTypeOff() => _off.Counter.Add(1, Types[_next++ % Types.Length]);

    [Benchmark(Description = "add to a counter by two labels where nobody listens")]
    public void CounterByTwoOff() => _off.Counter.Add(1, Types[2], Kind);

    [Benchmark(Description = "record in a histogram where nobody listens")]
    public void HistogramOff() => _off.Histogram.Record(0.0004);

    [Benchmark(Description = "add to a counter, `/metrics` on")]
    public void Counter() => _on.Counter.Add(1);

    [Benchmark(Description = "add to a counter by type, `/metrics` on")]
    public void CounterByType() => _on.Counter.Add(1, Types[_next++ % Types.Length]);

    [Adverse(nameof(CounterByType))]
    [Benchmark(Description = "the same with 500 types whose hashes are all the same")]
    public void CounterByManyAlike() => _full.Counter.Add(1, Alike[_next++ % InstrumentTable.MostSeries]);

    [Adverse(nameof(CounterByType))]
    [Benchmark(Description = "the same with a 501st, which goes to the series for the rest")]
    public void CounterOverflowing() => _full.Counter.Add(1, Alike[^1]);

    [Benchmark(Description = "add to a counter by two labels, `/metrics` on")]
    public void CounterByTwo() => _on.Counter.Add(1, Types[2], Kind);

    [Benchmark(Description = "record in a histogram of 16 buckets, `/metrics` on")]
    public void Histogram() => _on.Histogram.Record(0.0004);

    [Adverse(nameof(Histogram))]
    [Benchmark(Description = "the same, above the last bucket")]
    public void HistogramAbove() => _on.Histogram.Record(1e9);

    [Benchmark(Description = "a scrape of the runtime's instruments and these")]
    public int Scrape() => _on.Collector!.Scrape().Length;

    [Adverse(nameof(Scrape))]
    [Benchmark(Description = "the same with 500 series of the counter and of the histogram")]
    public int ScrapeFull() => _full.Collector!.Scrape().Length;

    private static KeyValuePair<string, object?>[] Tags(string name, string[] values) => [.. values.Select(value => new KeyValuePair<string, object?>(name, value))];

    /// <summary>The instruments of one host.</summary>
    private sealed class MeteredHost : IDisposable
    {
        private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        public MetricsCollector? Collector { get; }

        public MeteredHost(bool collects)
        {
            var factory = _services.GetRequiredService<IMeterFactory>();
            Collector = collects ? new MetricsCollector(factory, NullLogger<MetricsCollector>.Instance) : null;
            var meter = factory.Create("WsCore");
            Counter = meter.CreateCounter<long>("bench.counter");
            Histogram = meter.CreateHistogram("bench.duration", "s", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = Bounds });
        }

        public Counter<long> Counter { get; }

        public Histogram<double> Histogram { get; }

        public void Dispose()
        {
            Collector?.Dispose();
            _services.Dispose();
        }
    }
}
