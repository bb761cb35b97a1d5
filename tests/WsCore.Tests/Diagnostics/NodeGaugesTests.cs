using System.Diagnostics.Metrics;
using WsCore.Diagnostics;
using WsCore.TestKit.Hosting;

namespace WsCore.Tests.Diagnostics;

public sealed class NodeGaugesTests : IDisposable
{
    private readonly TestNode _node = new();
    private readonly MeterListener _listener = new();
    private readonly Dictionary<string, long> _measured = [];

    public NodeGaugesTests()
    {
        var meter = _node.Get<WsCoreMetrics>().Meter;
        _listener.InstrumentPublished = (instrument, listener) =>
        {
            if (instrument.Meter == meter)
            {
                listener.EnableMeasurementEvents(instrument);
            }
        };
        _listener.SetMeasurementEventCallback<long>((instrument, value, _, _) => _measured[instrument.Name] = value);
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => _measured[instrument.Name] = value);
        _listener.Start();
    }

    public void Dispose()
    {
        _listener.Dispose();
        _node.Dispose();
    }

    [Fact]
    public void Connections_AreMeasured_AndRemainingOnesOnlyWhileTheNodeStops()
    {
        _node.Connect();
        _node.Connect();
        _listener.RecordObservableInstruments();
        Assert.Equal(2, _measured["wscore.connections"]);
        Assert.Equal(0, _measured["wscore.drain.remaining"]);

        _node.Node.Stop();
        _listener.RecordObservableInstruments();
        Assert.Equal(2, _measured["wscore.drain.remaining"]);
    }
}
