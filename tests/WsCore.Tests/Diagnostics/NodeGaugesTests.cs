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
    public void Closes_WithCodesThatClientsMakeUp_AreOneSeries()
    {
        var codes = new List<object?>();
        _listener.SetMeasurementEventCallback<long>((instrument, _, tags, _) => codes.AddRange(instrument.Name == "wscore.connections.closed" ? [tags[0].Value] : []));
        var metrics = _node.Get<WsCoreMetrics>();

        foreach (ushort code in new ushort[] { 1000, 1006, 4100, 3000, 4999 })
        {
            metrics.Closed(code);
        }

        Assert.Equal(["1000", "1006", "4100", "other", "other"], codes);
    }

    [Fact]
    public void Replays_AreMeasuredUntilTheyAreLive()
    {
        using var node = new TestNode(options => options.Namespaces["kept"] = new() { History = { Size = 100 } });
        var meter = node.Get<WsCoreMetrics>().Meter;
        var read = 0L;
        using var listener = new MeterListener();
        listener.InstrumentPublished = (instrument, mine) =>
        {
            if (instrument.Meter == meter && instrument.Name == "wscore.replays")
            {
                mine.EnableMeasurementEvents(instrument);
            }
        };
        listener.SetMeasurementEventCallback<int>((_, value, _, _) => read = value);
        listener.Start();
        var writer = node.Connect();
        node.Join(writer.Connection, "kept:a");
        Assert.True(writer.Say("""{"type":"broadcast","id":"1","room":"kept:a","payload":1}""").IsCompletedSuccessfully);
        var epoch = System.Text.Json.JsonElement.Parse(writer.Last).GetProperty("epoch").GetString();
        var late = node.Connect();

        Assert.True(late.Say($$$"""{"type":"join","id":"1","room":"kept:a","since":{"epoch":"{{{epoch}}}","seq":0}}""").IsCompletedSuccessfully);
        listener.RecordObservableInstruments();
        Assert.Equal(1, read);

        node.Scheduler.RunAll();
        listener.RecordObservableInstruments();
        Assert.Equal(0, read);
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
