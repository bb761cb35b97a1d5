using System.Diagnostics.Metrics;
using BenchmarkDotNet.Attributes;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Server.Metrics;

namespace WsCore.Benchmarks;

/// <summary>What a measurement costs whoever makes it while the host's <c>/metrics</c> is on, and what a scrape costs.</summary>
public class MetricsBenchmarks
{
    private static readonly KeyValuePair<string, object?>[] Types =
    [
        .. new[] { "join", "leave", "broadcast", "send", "state", "members", "online", "history", "call", "ping", "ack", "auth", "unknown" }
            .Select(name => new KeyValuePair<string, object?>("type", name)),
    ];

    private static readonly KeyValuePair<string, object?> Kind = new("kind", "bytes");

    private ServiceProvider? _services;
    private MetricsCollector? _collector;
    private Counter<long>? _counter;
    private Counter<long>? _tagged;
    private Histogram<double>? _histogram;
    private int _next;

    /// <summary>Whether anybody listens.</summary>
    [Params(false, true)]
    public bool Listened { get; set; }

    [GlobalSetup]
    public void Setup()
    {
        _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
        var factory = _services.GetRequiredService<IMeterFactory>();
        var meter = factory.Create("WsCore");
        _collector = Listened ? new MetricsCollector(factory, NullLogger<MetricsCollector>.Instance) : null;
        _counter = meter.CreateCounter<long>("bench.plain");
        _tagged = meter.CreateCounter<long>("bench.tagged");
        _histogram = meter.CreateHistogram(
            "bench.duration", "s", null, null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5] });
    }

    [GlobalCleanup]
    public void Cleanup()
    {
        _collector?.Dispose();
        _services!.Dispose();
    }

    [Benchmark(Baseline = true)]
    public void Counter() => _counter!.Add(1);

    [Benchmark]
    public void CounterByType() => _tagged!.Add(1, Types[_next++ % Types.Length]);

    [Benchmark]
    public void CounterByTwo() => _tagged!.Add(1, Types[2], Kind);

    [Benchmark]
    public void Histogram() => _histogram!.Record(0.0004);

    /// <summary>The runtime's instruments and these; the text included.</summary>
    [Benchmark]
    public int Scrape() => _collector?.Scrape().Length ?? 0;
}
