using System.Diagnostics.Metrics;
using System.Text;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsCore.Server.Metrics;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Measure;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Metrics;

/// <summary>Instruments of the platform's own kinds, from their recording to the text.</summary>
public sealed class MetricsCollectorTests : IDisposable
{
    private readonly RecordingLoggerProvider _log = new();
    private readonly ServiceProvider _services;
    private readonly Meter _meter;
    private readonly MetricsCollector _collector;

    public MetricsCollectorTests()
    {
        _services = new ServiceCollection().AddMetrics().AddLogging(log => log.AddProvider(_log)).AddSingleton<MetricsCollector>().BuildServiceProvider();
        _meter = _services.GetRequiredService<IMeterFactory>().Create("WsCore");
        _collector = _services.GetRequiredService<MetricsCollector>();
    }

    public void Dispose() => _services.Dispose();

    [Fact]
    public void Scrape_EveryKindOfInstrument_IsTold()
    {
        _meter.CreateCounter<int>("t.count", "{x}", "How many.").Add(3, new KeyValuePair<string, object?>("k", "v"));
        _meter.CreateCounter<double>("t.time", "s").Add(0.25);
        _meter.CreateUpDownCounter<short>("t.level").Add(-2);
        _meter.CreateGauge<byte>("t.gauge").Record(9);
        _meter.CreateObservableCounter("t.seen", () => 7L, "By");
        _meter.CreateObservableUpDownCounter("t.now", () => 1.5f);
        _meter.CreateObservableGauge("t.part", () => new[] { new Measurement<decimal>(1, new KeyValuePair<string, object?>("n", 1)), new Measurement<decimal>(2, new KeyValuePair<string, object?>("n", 2)) });
        _meter.CreateHistogram("t.advised", "s", null, null, new InstrumentAdvice<double> { HistogramBucketBoundaries = [1, 2] }).Record(1.5);
        _meter.CreateHistogram<long>("t.plain").Record(30);

        var lines = Lines();

        Assert.Contains("# HELP t_count_total How many.\n# TYPE t_count_total counter\nt_count_total{k=\"v\"} 3\n", string.Join('\n', lines) + "\n", StringComparison.Ordinal);
        Assert.Contains("t_time_seconds_total 0.25", lines);
        Assert.Contains("t_level -2", lines);
        Assert.Contains("t_gauge 9", lines);
        Assert.Contains("t_seen_bytes_total 7", lines);
        Assert.Contains("t_now 1.5", lines);
        Assert.Contains("t_part{n=\"2\"} 2", lines);
        Assert.Equal(
            ["t_advised_seconds_bucket{le=\"1\"} 0", "t_advised_seconds_bucket{le=\"2\"} 1", "t_advised_seconds_bucket{le=\"+Inf\"} 1", "t_advised_seconds_sum 1.5", "t_advised_seconds_count 1"],
            lines.Where(line => line.StartsWith("t_advised", StringComparison.Ordinal)));
        Assert.Contains("t_plain_bucket{le=\"25\"} 0", lines);
        Assert.Contains("t_plain_bucket{le=\"50\"} 1", lines);
        Assert.Contains("dotnet_gc_collections_total{gc_heap_generation=\"gen0\"}", string.Join('\n', lines), StringComparison.Ordinal);
        Assert.Contains("# TYPE dotnet_thread_pool_thread_count gauge", lines);
    }

    [Fact]
    public void Scrape_Families_AreSortedAndNoneComesTwice()
    {
        _meter.CreateCounter<int>("z.last").Add(1);
        _meter.CreateCounter<int>("a.first").Add(1);
        _meter.CreateObservableGauge("a.twice", () => 1);
        _meter.CreateObservableGauge("a.twice", () => 2);
        _meter.CreateCounter<int>("a.mixed.total").Add(1);
        _meter.CreateGauge<int>("a.mixed.total").Record(5); // another kind under the same name

        string[] families = [.. Lines().Where(line => line.StartsWith("# TYPE ", StringComparison.Ordinal)).Select(line => line.Split(' ')[2])];

        Assert.Equal(families.Order(StringComparer.Ordinal).Distinct(), families);
        Assert.Contains("a_mixed_total 1", Lines());
        Assert.Single(Lines(), line => line.StartsWith("a_twice ", StringComparison.Ordinal));
    }

    [Fact]
    public void Scrape_OtherMetersAndOtherHosts_AreLeftOut()
    {
        using var other = new ServiceCollection().AddMetrics().BuildServiceProvider();
        other.GetRequiredService<IMeterFactory>().Create("WsCore").CreateCounter<int>("t.elsewhere").Add(1);
        _services.GetRequiredService<IMeterFactory>().Create("Somebody").CreateCounter<int>("t.somebody").Add(1);
        using var kestrel = new Meter(InstrumentSelection.Kestrel);
        kestrel.CreateHistogram<double>("kestrel.connection.duration", "s").Record(1);
        kestrel.CreateUpDownCounter<long>("kestrel.active_connections").Add(1);

        var text = string.Join('\n', Lines());

        Assert.DoesNotContain("t_elsewhere", text, StringComparison.Ordinal);
        Assert.DoesNotContain("t_somebody", text, StringComparison.Ordinal);
        Assert.DoesNotContain("kestrel_connection_duration", text, StringComparison.Ordinal);
        Assert.Contains("kestrel_active_connections", text, StringComparison.Ordinal);
    }

    [Fact]
    public void Scrape_AnInstrumentThatFails_CostsOnlyItselfAndOneLineOfTheLog()
    {
        _meter.CreateObservableGauge<int>("t.broken", int () => throw new InvalidOperationException("broken"));
        _meter.CreateObservableGauge("t.whole", () => 1);

        Assert.Contains("t_whole 1", Lines());
        Assert.Contains("t_whole 1", Lines());
        Assert.DoesNotContain("t_broken ", Lines());
        Assert.Single(_log.Warnings, entry => entry.Contains("reading an instrument failed", StringComparison.Ordinal));
    }

    [Fact]
    public void Scrape_TooManySeries_AreCountedByAnInstrumentOfTheirOwn()
    {
        var counter = _meter.CreateCounter<int>("t.many");
        for (var i = 0; i < InstrumentTable.MostSeries + 3; i++)
        {
            counter.Add(1, new KeyValuePair<string, object?>("x", i));
        }

        Assert.Contains("wscore_metrics_overflow_total 3", Lines());
    }

    [Fact]
    public void Record_ThroughThePlatform_AllocatesNothing()
    {
        var counter = _meter.CreateCounter<long>("t.count");
        var histogram = _meter.CreateHistogram<double>("t.time", "s");
        var tag = new KeyValuePair<string, object?>("type", "broadcast");

        Assert.Equal(0, Allocations.Least(1000, () =>
        {
            counter.Add(1);
            counter.Add(1, tag);
            counter.Add(1, tag, new("b", "c"));
            histogram.Record(0.004);
        }));
    }

    [Fact]
    public async Task TakeAsync_WhileOneIsBeingMade_GetsThatOne()
    {
        using var go = new SemaphoreSlim(0);
        using var reached = new SemaphoreSlim(0);
        var reads = 0;
        _meter.CreateObservableGauge("t.slow", () =>
        {
            reads++;
            reached.Release();
            Assert.True(go.Wait(TimeoutExtensions.Default));
            return reads;
        });
        var scrapes = new Scrapes(_collector);

        var first = scrapes.TakeAsync();
        await reached.WaitAsync().WithTimeout();
        var second = scrapes.TakeAsync();
        go.Release();
        await Task.WhenAll(first, second).WithTimeout();
        Assert.Same(first, second);
        Assert.Equal(1, reads);

        go.Release();
        Assert.Contains("t_slow 2", Encoding.UTF8.GetString((await scrapes.TakeAsync().WithTimeout()).Span), StringComparison.Ordinal);
    }

    private string[] Lines() => Encoding.UTF8.GetString(_collector.Scrape().Span).Split('\n', StringSplitOptions.RemoveEmptyEntries);
}
