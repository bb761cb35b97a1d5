using System.Buffers;
using System.Diagnostics.Metrics;
using WsCore.Diagnostics;

namespace WsCore.Server.Metrics;

/// <summary>Keeps what the instruments record, and tells it when asked.</summary>
/// <remarks>
/// Thread-safe. Listens from the moment it is made. Recording allocates nothing and takes no lock; a scrape reads the observable instruments and is made by one thread at a time.
/// Instruments of one name are one family: where they do not agree on what is kept, the first has it.
/// </remarks>
internal sealed class MetricsCollector : IDisposable
{
    private static readonly double[] Seconds = [0.005, 0.01, 0.025, 0.05, 0.075, 0.1, 0.25, 0.5, 0.75, 1, 2.5, 5, 7.5, 10];
    private static readonly double[] Numbers = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10000];

    private readonly IMeterFactory _factory;
    private readonly ILogger<MetricsCollector> _logger;
    private readonly MeterListener _listener = new();
    private readonly SortedDictionary<string, InstrumentTable> _tables = new(StringComparer.Ordinal); // under its own lock
    private readonly Lock _scraping = new();
    private int _scrape;
    private int _size = 32 * 1024;
    private bool _incomplete;

    /// <param name="factory">Of the host: instruments of other hosts in the process are not listened to.</param>
    /// <param name="logger">Hears once of instruments that fail.</param>
    public MetricsCollector(IMeterFactory factory, ILogger<MetricsCollector> logger)
    {
        (_factory, _logger) = (factory, logger);
        factory.Create(WsCoreMetrics.MeterName).CreateObservableCounter(
            "wscore.metrics.overflow", () => Tables().Sum(static table => table.Overflowed), "{measurement}", "Measurements whose tags were too many to be told one by one.");
        _listener.InstrumentPublished = Publish;
        _listener.SetMeasurementEventCallback<byte>(static (_, value, tags, table) => ((InstrumentTable)table!).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<short>(static (_, value, tags, table) => ((InstrumentTable)table!).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<int>(static (_, value, tags, table) => ((InstrumentTable)table!).Record((long)value, tags));
        _listener.SetMeasurementEventCallback<long>(static (_, value, tags, table) => ((InstrumentTable)table!).Record(value, tags));
        _listener.SetMeasurementEventCallback<float>(static (_, value, tags, table) => ((InstrumentTable)table!).Record((double)value, tags));
        _listener.SetMeasurementEventCallback<double>(static (_, value, tags, table) => ((InstrumentTable)table!).Record(value, tags));
        _listener.SetMeasurementEventCallback<decimal>(static (_, value, tags, table) => ((InstrumentTable)table!).Record((double)value, tags));
        _listener.Start();
    }

    /// <summary>Everything that there is now, in Prometheus' text format, families and series sorted by name.</summary>
    public ReadOnlyMemory<byte> Scrape()
    {
        lock (_scraping)
        {
            _scrape++;
            foreach (var table in Tables())
            {
                table.Scrape = _scrape;
            }

            Observe();
            var output = new ArrayBufferWriter<byte>(_size);
            var writer = new PrometheusWriter(output);
            foreach (var table in Tables())
            {
                table.Write(writer);
            }

            _size = Math.Max(_size, output.WrittenCount + 1024);
            return output.WrittenMemory;
        }
    }

    public void Dispose() => _listener.Dispose();

    private void Observe()
    {
        try
        {
            _listener.RecordObservableInstruments(); // all of them, and then throws what some have thrown
        }
        catch (Exception exception)
        {
            if (!_incomplete)
            {
                _incomplete = true;
                MetricsLog.Incomplete(_logger, exception);
            }
        }
    }

    private InstrumentTable[] Tables()
    {
        lock (_tables)
        {
            return [.. _tables.Values];
        }
    }

    private void Publish(Instrument instrument, MeterListener listener)
    {
        if (InstrumentSelection.Includes(instrument) && (instrument.Meter.Scope is null || ReferenceEquals(instrument.Meter.Scope, _factory)))
        {
            var kind = KindOf(instrument);
            var family = new MetricFamily(PrometheusName.Of(instrument.Name, instrument.Unit, kind == InstrumentKind.Counter), kind, instrument.Description);
            if (TableFor(family, instrument) is { } table)
            {
                listener.EnableMeasurementEvents(instrument, table);
            }
        }
    }

    private InstrumentTable? TableFor(MetricFamily family, Instrument instrument)
    {
        lock (_tables)
        {
            if (_tables.TryGetValue(family.Name, out var table))
            {
                return table.Family.Kind == family.Kind ? table : null;
            }

            table = new InstrumentTable(family, instrument.IsObservable, family.Kind == InstrumentKind.Histogram ? BoundsOf(instrument) : null);
            _tables.Add(family.Name, table);
            return table;
        }
    }

    private static InstrumentKind KindOf(Instrument instrument) => instrument.GetType().Name.Split('`')[0] switch
    {
        _ when InstrumentSelection.IsGauge(instrument) => InstrumentKind.Gauge,
        nameof(Counter<int>) or nameof(ObservableCounter<int>) => InstrumentKind.Counter,
        nameof(UpDownCounter<int>) or nameof(ObservableUpDownCounter<int>) => InstrumentKind.UpDownCounter,
        nameof(Histogram<int>) => InstrumentKind.Histogram,
        _ => InstrumentKind.Gauge,
    };

    private static double[] BoundsOf(Instrument instrument) => instrument switch
    {
        Histogram<double> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised],
        Histogram<float> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
        Histogram<long> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
        Histogram<int> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
        Histogram<short> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
        Histogram<byte> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
        Histogram<decimal> { Advice.HistogramBucketBoundaries: { } advised } => [.. advised.Select(bound => (double)bound)],
        { Unit: "s" } => Seconds,
        _ => Numbers,
    };
}
