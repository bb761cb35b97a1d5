using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;

namespace WsCore.ClientTests.RealServer;

/// <summary>What a counter of one server adds up to while this listens.</summary>
internal sealed class CounterListener : IDisposable
{
    private readonly MeterListener _listener = new();
    private long _total;

    /// <param name="server">Its services; counters of other servers in this process are not counted.</param>
    /// <param name="name">Of the counter.</param>
    public CounterListener(IServiceProvider server, string name)
    {
        var factory = server.GetRequiredService<IMeterFactory>();
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter.Scope == factory && instrument.Name == name)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((_, value, _, _) => Interlocked.Add(ref _total, value));
        _listener.Start();
    }

    public long Total => Interlocked.Read(ref _total);

    public void Dispose() => _listener.Dispose();
}
