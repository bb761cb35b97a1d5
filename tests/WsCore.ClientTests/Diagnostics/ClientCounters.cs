using System.Collections.Concurrent;
using System.Diagnostics.Metrics;

namespace WsCore.ClientTests.Diagnostics;

/// <summary>What the counters of all clients of this process add up to while this listens.</summary>
internal sealed class ClientCounters : IDisposable
{
    private readonly MeterListener _listener = new();
    private readonly ConcurrentDictionary<string, long> _totals = new();

    public ClientCounters()
    {
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Name == "WsCore.Client")
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, tags, _) =>
        {
            var name = tags.Length == 0 ? instrument.Name : $"{instrument.Name} {tags[0].Key}={tags[0].Value}";
            _totals.AddOrUpdate(name, value, (_, total) => total + value);
        });
        _listener.Start();
    }

    /// <summary>All that counted anything, by name and tag.</summary>
    public IEnumerable<(string Name, long Total)> All => _totals.OrderBy(total => total.Key, StringComparer.Ordinal).Select(total => (total.Key, total.Value));

    public void Dispose() => _listener.Dispose();
}
