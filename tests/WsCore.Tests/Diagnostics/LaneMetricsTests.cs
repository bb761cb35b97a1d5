using System.Diagnostics.Metrics;
using WsCore.Access;
using WsCore.Diagnostics;
using WsCore.TestKit.Hosting;

namespace WsCore.Tests.Diagnostics;

public sealed class LaneMetricsTests : IDisposable
{
    private static readonly TimeSpan Step = TimeSpan.FromMilliseconds(3);

    private readonly TestNode _node = new();
    private readonly MeterListener _listener = new();
    private readonly List<(string Name, double Value)> _measured = [];
    private readonly WsCoreMetrics _metrics;

    public LaneMetricsTests() => _metrics = _node.Get<WsCoreMetrics>(); // before anybody listens: it is not to be made within a listener

    public void Dispose()
    {
        _listener.Dispose();
        _node.Dispose();
    }

    [Fact]
    public void Broadcast_WhenItsFramesAreFlushed_HasItsDurationMeasuredOncePerLane()
    {
        Listen();
        var (sender, receivers) = Room(receivers: 3);
        receivers[1].Output.OnWrite = () => _node.Clock.Advance(Step); // within the turn, before the last flush

        Assert.True(sender.Say("""{"type":"broadcast","room":"tea","payload":1}""").IsCompletedSuccessfully);

        Assert.Equal(Step.TotalSeconds, Assert.Single(Values("wscore.delivery.duration")), 6);
        Assert.Equal(Step.TotalSeconds, Values("wscore.lane.turn.duration").Max(), 6);
        Assert.All(Values("wscore.lane.batch"), batch => Assert.Equal(1, batch));
        Assert.All(receivers, receiver => Assert.Contains("\"payload\":1", receiver.Last, StringComparison.Ordinal));
    }

    [Fact]
    public void Send_ToAUser_HasItsDurationMeasuredToo()
    {
        Listen();
        var (sender, receiver) = (_node.Connect(), _node.Connect(user: "ann"));
        _node.Join(receiver.Connection, "user:ann");

        Assert.True(sender.Say("""{"type":"send","to":"ann","payload":1}""").IsCompletedSuccessfully);

        Assert.Single(Values("wscore.delivery.duration"));
    }

    [Fact]
    public void Broadcast_ThatReachesNobody_HasNoDuration()
    {
        Listen();
        var (sender, _) = Room(receivers: 0);

        Assert.True(sender.Say("""{"type":"broadcast","room":"tea","payload":1}""").IsCompletedSuccessfully);
        Assert.Empty(Values("wscore.delivery.duration"));

        Assert.True(sender.Say("""{"type":"broadcast","room":"tea","payload":1,"echo":true}""").IsCompletedSuccessfully);
        Assert.Single(Values("wscore.delivery.duration"));
    }

    [Fact]
    public void Message_OfTheApplicationOrReplayed_HasNoDuration()
    {
        Listen();
        var (_, _) = Room(receivers: 2);

        Assert.True(_node.Application.BroadcastAsync("tea", Payload.FromJson("1")).IsCompletedSuccessfully);

        Assert.Empty(Values("wscore.delivery.duration"));
        Assert.NotEmpty(Values("wscore.lane.turn.duration"));
    }

    [Fact]
    public void Turn_WhereNobodyListens_LooksAtNoClockAndStampsNothing()
    {
        var (sender, receivers) = Room(receivers: 1);

        Assert.True(sender.Say("""{"type":"broadcast","room":"tea","payload":1}""").IsCompletedSuccessfully);

        Assert.Equal(0, sender.Connection.Received);
        Assert.NotEmpty(receivers[0].Texts);
        Assert.False(_metrics.Lanes.IsEnabled);
    }

    [Fact]
    public void Turn_WhereAListenerThrows_GoesOnAndTellsTheScheduler()
    {
        _listener.InstrumentPublished = Enable;
        _listener.SetMeasurementEventCallback<double>((_, _, _, _) => throw new InvalidOperationException("a listener's"));
        _listener.SetMeasurementEventCallback<int>((_, _, _, _) => throw new InvalidOperationException("a listener's"));
        _listener.Start();
        var (sender, receivers) = Room(receivers: 2);

        for (var i = 0; i < 3; i++)
        {
            Assert.True(sender.Say("""{"type":"broadcast","room":"tea","payload":1}""").IsCompletedSuccessfully);
        }

        Assert.All(receivers, receiver => Assert.Equal(3, receiver.Texts.Count(text => text.Contains("\"payload\":1", StringComparison.Ordinal))));
    }

    private (TestConnection Sender, TestConnection[] Receivers) Room(int receivers)
    {
        var sender = _node.Connect();
        _node.Join(sender.Connection, "tea");
        TestConnection[] others = [.. Enumerable.Range(0, receivers).Select(_ => _node.Connect())];
        Assert.All(others, other => _node.Join(other.Connection, "tea"));
        _measured.Clear();
        return (sender, others);
    }

    private IEnumerable<double> Values(string name) => _measured.Where(measurement => measurement.Name == name).Select(measurement => measurement.Value);

    private void Listen()
    {
        _listener.InstrumentPublished = Enable;
        _listener.SetMeasurementEventCallback<double>((instrument, value, _, _) => _measured.Add((instrument.Name, value)));
        _listener.SetMeasurementEventCallback<int>((instrument, value, _, _) => _measured.Add((instrument.Name, value)));
        _listener.Start();
    }

    private void Enable(Instrument instrument, MeterListener listener)
    {
        if (instrument.Meter == _metrics.Meter && instrument.GetType().Name.StartsWith("Histogram", StringComparison.Ordinal))
        {
            listener.EnableMeasurementEvents(instrument);
        }
    }
}
