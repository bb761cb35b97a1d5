using System.Diagnostics.Metrics;
using WsCore.Diagnostics;

namespace WsCore.Redis.History;

/// <summary>What happens to the order of messages, as instruments of the meter <c>WsCore</c>.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class HistoryMetrics
{
    private readonly Counter<long> _repaired;
    private readonly Counter<long> _overtaken;
    private readonly Counter<long> _epochs;
    private readonly Counter<long> _refused;

    public HistoryMetrics(IMeterFactory factory)
    {
        var meter = factory.Create(WsCoreMetrics.MeterName);
        _repaired = meter.CreateCounter<long>("wscore.bus.gaps.repaired", "{message}", "Messages of rooms with history that were lost on their way and read again.");
        _overtaken = meter.CreateCounter<long>("wscore.bus.overtaken", "{gap}", "Gaps that could not be repaired, because Redis does not keep the messages any more.");
        _epochs = meter.CreateCounter<long>("wscore.bus.epochs", "{room}", "Rooms whose numbers began anew while somebody was there.");
        _refused = meter.CreateCounter<long>("wscore.bus.history.refused", "{message}", "Messages that were read from Redis and not made by a node with the same key.");
        foreach (var counter in new[] { _repaired, _overtaken, _epochs, _refused })
        {
            counter.Add(0); // whoever listens already sees it, and its rate when it is first more
        }
    }

    public void Repaired() => _repaired.Add(1);

    public void Overtaken() => _overtaken.Add(1);

    public void EpochBegun() => _epochs.Add(1);

    public void Refused() => _refused.Add(1);
}
