using BenchmarkDotNet.Attributes;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Heartbeat;
using WsCore.TestKit.Hosting;

namespace WsCore.Benchmarks;

/// <summary>One sweep over 100,000 connections; the budget of the ordinary one is 5 ms of CPU. Turns of lanes, pings included, run on this thread.</summary>
/// <remarks>Prints the process's CPU time per sweep besides: the mean is wall time, which others on the machine lengthen.</remarks>
public class HeartbeatSweepBenchmarks
{
    private const int Connections = 100_000;

    private TestNode? _node;
    private TimeSpan _time;

    /// <summary>Idle clients that answer their pings, spread over the interval as they came: a second later, the next of them are due.</summary>
    [Benchmark(Baseline = true)]
    public void Idle() => SweepAfter(HeartbeatSweeper.Period);

    /// <summary>Nobody can be due, because no time has passed.</summary>
    [Benchmark]
    public void NobodyDue() => SweepAfter(TimeSpan.Zero);

    /// <summary>The adverse twin: all of them are due for a ping, which they answer.</summary>
    [Benchmark]
    public void AllDueForAPing() => SweepAfter(_node!.Node.Options.Heartbeat.Interval + HeartbeatSweeper.Period);

    /// <summary>Another: all of them are closing, none answers, and all are cut, again and again.</summary>
    [Benchmark]
    public void AllClosing() => SweepAfter(HeartbeatSweeper.Period);

    [GlobalSetup(Targets = [nameof(Idle), nameof(NobodyDue)])]
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
    }

    [GlobalSetup(Target = nameof(AllClosing))]
    public void SetUpClosing()
    {
        SetUpTogether();
        foreach (var connection in _node!.Node.Connections)
        {
            connection.Close(WsCore.Framing.CloseCodes.Normal, "");
        }

        SweepAfter(2 * _node.Node.Options.Limits.CloseTimeout);
    }

    /// <summary>Now that the code is compiled for good.</summary>
    [GlobalCleanup]
    public void CleanUp()
    {
        const int Sweeps = 100;
        var before = Environment.CpuUsage.TotalTime;
        for (var i = 0; i < Sweeps; i++)
        {
            SweepAfter(_time);
        }

        var cpu = (Environment.CpuUsage.TotalTime - before) / Sweeps;
        Console.WriteLine($"// CPU of the process: {cpu.TotalMilliseconds:0.000} ms per sweep");
        _node!.Dispose();
    }

    private void Connect(int count)
    {
        for (var i = 0; i < count; i++)
        {
            var output = new AnsweringOutput(_node!.Node.Clock);
            output.Connection = _node.Make(output);
        }
    }

    private void SweepAfter(TimeSpan time)
    {
        _time = time;
        _node!.Clock.Advance(time);
        _node.Node.Sweeper.Sweep();
    }

    /// <summary>A transport whose peer answers everything at once, and whose abort does nothing.</summary>
    private sealed class AnsweringOutput(SweepClock clock) : IOutput
    {
        public Connection? Connection { get; set; }

        public ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
        {
            Connection!.LastReceived = clock.Now;
            return default;
        }

        public void Abort()
        {
        }
    }
}
