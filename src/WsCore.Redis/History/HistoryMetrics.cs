using System.Diagnostics.Metrics;

namespace WsCore.Redis.History;

/// <summary>What happens to the order of messages, as instruments.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class HistoryMetrics(Meter meter)
{
    private readonly Counter<long> _repaired = meter.CreateCounter<long>("wscore.bus.gaps.repaired", "{message}", "Messages of rooms with history that were lost on their way and read again.");
    private readonly Counter<long> _overtaken = meter.CreateCounter<long>("wscore.bus.overtaken", "{gap}", "Gaps that could not be repaired, because Redis does not keep the messages any more.");
    private readonly Counter<long> _epochs = meter.CreateCounter<long>("wscore.bus.epochs", "{room}", "Rooms whose numbers began anew while somebody was there.");
    private readonly Counter<long> _forged = meter.CreateCounter<long>("wscore.bus.history.refused", "{message}", "Stored messages that were read and not made by a node with the same key.");

    public void Repaired() => _repaired.Add(1);

    public void Overtaken() => _overtaken.Add(1);

    public void EpochBegun() => _epochs.Add(1);

    public void Refused() => _forged.Add(1);
}
