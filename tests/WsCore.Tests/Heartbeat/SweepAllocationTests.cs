using WsCore.Heartbeat;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Measure;

namespace WsCore.Tests.Heartbeat;

/// <summary>A sweep allocates nothing for connections that it leaves alone, and for those that it pings one reference each.</summary>
public sealed class SweepAllocationTests : IDisposable
{
    private const int Connections = 1000;
    private const int Rounds = 20;
    private const int Constant = 512; // the heads of the arrays of pings, one for each lane, and what else a sweep needs

    private readonly TestNode _node = new(lanes: 2);
    private readonly AnsweringOutput[] _outputs = new AnsweringOutput[Connections];

    public SweepAllocationTests()
    {
        for (var i = 0; i < Connections; i++)
        {
            _outputs[i] = new AnsweringOutput(_node.Node.Clock);
            _outputs[i].Connection = _node.Make(_outputs[i]);
        }
    }

    public void Dispose() => _node.Dispose();

    [Fact]
    public void Sweep_NobodyIsDue_AllocatesNothing()
    {
        _node.Node.Sweeper.Sweep(); // the first looks at everybody

        Assert.Equal(0, Allocations.Least(Rounds, _node.Node.Sweeper.Sweep));
        Assert.Equal(0, _node.Node.Sweeper.Looked);
    }

    [Fact]
    public void Sweep_EverybodyIsPinged_AllocatesAReferenceForEach()
    {
        var sweeps = 0;
        var allocated = Allocations.Least(Rounds, () =>
        {
            _node.Clock.Advance(_node.Node.Options.Heartbeat.Interval + HeartbeatSweeper.Period);
            _node.Node.Sweeper.Sweep();
            sweeps++;
        });

        Assert.All(_outputs, output => Assert.Equal(sweeps, output.Writes));
        Assert.InRange(allocated / Rounds, 0, (Connections * IntPtr.Size) + Constant);
    }
}
