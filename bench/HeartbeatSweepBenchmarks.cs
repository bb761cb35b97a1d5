using BenchmarkDotNet.Attributes;
using WsCore.Benchmarks.Running;
using WsCore.Framing;
using WsCore.Heartbeat;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;

namespace WsCore.Benchmarks;

/// <summary>
/// One operation is one sweep over 100,000 connections, after the clock was moved on; the budget of the ordinary one is 5 ms. The turns of the lanes run on this
/// thread and are part of it, the pings too.
/// </summary>
public class HeartbeatSweepBenchmarks
{
    private const int Connections = 100_000;

    private readonly List<AnsweringOutput> _outputs = [];
    private TestNode? _node;

    [GlobalSetup(Targets = [nameof(NobodyDue), nameof(Idle)])]
    public void SetUpSpread()
    {
        _node = new TestNode(lanes: 2);
        var seconds = (int)_node.Node.Options.Heartbeat.Interval.TotalSeconds;
        for (var second = 0; second < seconds; second++)
        {
            Connect(Connections / seconds);
            SweepAfter(HeartbeatSweeper.Period);
        }
    }

    [GlobalSetup(Target = nameof(AllDueForAPing))]
    public void SetUpTogether()
    {
        _node = new TestNode(lanes: 2);
        Connect(Connections);
        AllDueForAPing();
        var before = _outputs.Sum(output => output.Writes);
        if (AllDueForAPing() != Connections || _outputs.Sum(output => output.Writes) - before != Connections)
        {
            throw new InvalidOperationException("Not all were pinged.");
        }
    }

    [GlobalSetup(Target = nameof(AllClosing))]
    public void SetUpClosing()
    {
        _node = new TestNode(lanes: 2);
        Connect(Connections);
        foreach (var connection in _node.Node.Connections)
        {
            connection.Close(CloseCodes.Normal, "");
        }

        if (SweepAfter(2 * _node.Node.Options.Limits.CloseTimeout) != Connections || AllClosing() != Connections)
        {
            throw new InvalidOperationException("Not all were looked at.");
        }
    }

    [GlobalCleanup]
    public void CleanUp() => _node!.Dispose();

    /// <summary>No time has passed since the last one.</summary>
    [Benchmark(Description = "a sweep when nobody can be due")]
    public int NobodyDue() => SweepAfter(TimeSpan.Zero);

    /// <summary>Clients that answer their pings, spread over the interval as they came: a second later, the next of them are due.</summary>
    [Benchmark(Description = "a sweep of idle connections: a second's share of them, 4,000, is pinged and answers")]
    public int Idle() => SweepAfter(HeartbeatSweeper.Period);

    [Adverse(nameof(Idle))]
    [Benchmark(Description = "all are due at once, are pinged and answer")]
    public int AllDueForAPing() => SweepAfter(_node!.Node.Options.Heartbeat.Interval + HeartbeatSweeper.Period);

    /// <summary>Again and again: what cuts a transport does nothing here.</summary>
    [Adverse(nameof(Idle))]
    [Benchmark(Description = "all are closing, none has answered, and all are cut")]
    public int AllClosing() => SweepAfter(HeartbeatSweeper.Period);

    private void Connect(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var output = new AnsweringOutput(_node!.Node.Clock);
            output.Connection = _node.Make(output);
            _outputs.Add(output);
        }
    }

    private int SweepAfter(TimeSpan time)
    {
        _node!.Clock.Advance(time);
        _node.Node.Sweeper.Sweep();
        return _node.Node.Sweeper.Looked;
    }
}
