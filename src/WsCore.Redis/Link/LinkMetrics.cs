using System.Diagnostics.Metrics;
using WsCore.Diagnostics;

namespace WsCore.Redis.Link;

/// <summary>What happens on the bus, as instruments of the meter <c>WsCore</c>.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class LinkMetrics
{
    private readonly Histogram<double> _roundTrip;
    private readonly Counter<long> _published;
    private readonly Counter<long> _received;
    private readonly Counter<long> _dropped;
    private readonly Counter<long> _refused;
    private readonly Counter<long> _reconnects;

    /// <param name="factory">Of the host.</param>
    /// <param name="queued">Messages that wait to be published now.</param>
    /// <param name="waiting">Messages that arrived and wait for this node now.</param>
    /// <param name="up">Whether the bus works.</param>
    public LinkMetrics(IMeterFactory factory, Func<long> queued, Func<long> waiting, Func<bool> up)
    {
        var meter = factory.Create(WsCoreMetrics.MeterName);
        _roundTrip = meter.CreateHistogram(
            "wscore.bus.roundtrip", "s", "How long a message took from this node through Redis back to this node, each second.", tags: null,
            new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5] });
        _published = meter.CreateCounter<long>("wscore.bus.published", "{message}", "Messages without a number that Redis took.");
        _received = meter.CreateCounter<long>("wscore.bus.received", "{message}", "Messages that arrived, this node's own included.");
        _dropped = meter.CreateCounter<long>("wscore.bus.dropped", "{message}", "Messages lost on their way, by reason.");
        _refused = meter.CreateCounter<long>("wscore.bus.refused", "{message}", "Messages that arrived and were not made by a node with the same key and version.");
        _reconnects = meter.CreateCounter<long>("wscore.bus.connects", "{connection}", "Connections made to Redis, the first included.");
        meter.CreateObservableGauge("wscore.bus.queue", queued, "{message}", "Messages that wait to be published now.");
        meter.CreateObservableGauge("wscore.bus.inbox", waiting, "{message}", "Messages that arrived and wait for this node now.");
        meter.CreateObservableGauge("wscore.bus.up", () => up() ? 1 : 0, "{link}", "1 while messages go through Redis and come back, else 0.");
        BeginAtZero();
    }

    public void RoundTrip(TimeSpan time) => _roundTrip.Record(time.TotalSeconds);

    public void Published(int messages) => _published.Add(messages);

    public void Received() => _received.Add(1);

    /// <param name="messages">How many.</param>
    /// <param name="reason"><c>queue_full</c>, <c>not_confirmed</c>, <c>inbox_full</c>.</param>
    public void Dropped(int messages, string reason) => _dropped.Add(messages, new KeyValuePair<string, object?>("reason", reason));

    /// <summary>Forged, foreign, damaged or of an unknown version.</summary>
    public void Refused() => _refused.Add(1);

    public void Connected() => _reconnects.Add(1);

    // Whoever listens already sees them at 0, without which they have no rate when they are first more.
    private void BeginAtZero()
    {
        foreach (var counter in new[] { _published, _received, _refused, _reconnects })
        {
            counter.Add(0);
        }

        foreach (var reason in new[] { "queue_full", "not_confirmed", "inbox_full" })
        {
            Dropped(0, reason);
        }
    }
}
