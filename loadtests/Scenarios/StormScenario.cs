using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Peers;
using WsCore.LoadTests.Reporting;
using WsCore.LoadTests.Simulations;

namespace WsCore.LoadTests.Scenarios;

/// <summary>
/// All connections are cut at once, senders too, while messages are on their way. The clients come back by themselves with their positions, and every message must arrive exactly once and in order.
/// On the .NET client, whose work that is.
/// </summary>
internal sealed class StormScenario(ScenarioContext context) : CrowdScenario(context)
{
    private long _cutAt;
    private long _cut;
    private int _cuts;

    /// <inheritdoc/>
    public override IEnumerable<string> Thresholds =>
        [$"connections={Members.Count}", "errors=0", "lost=0", "duplicates=0", "out-of-order=0", "gaps=0", $"reconnects={(long)Members.Count * _cuts}"];

    /// <inheritdoc/>
    protected override PeerKind DefaultKind => PeerKind.Client;

    /// <summary>When the newest cut was.</summary>
    public long CutAt => Volatile.Read(ref _cutAt);

    /// <inheritdoc/>
    public override async Task InitAsync(CancellationToken cancellation)
    {
        if (Kind != PeerKind.Client)
        {
            throw new ScenarioException("storm is about clients that come back by themselves: run it with --via client, the default.");
        }

        await base.InitAsync(cancellation);
        if (Rooms.Exists(room => room.Members.Exists(member => member.IsThere) && !room.HasHistory))
        {
            throw new ScenarioException("The rooms of this server keep no history, so nothing can be recovered. Start it with WSCORE__NAMESPACES__DEFAULT__HISTORY__SIZE=1000.");
        }
    }

    /// <inheritdoc/>
    public override async Task BackgroundAsync(CancellationToken cancellation)
    {
        var pause = new SimulationPlan(Simulations).Duration / (Options.Cuts + 1);
        for (var i = 0; i < Options.Cuts; i++)
        {
            await Task.Delay(pause, Context.Clock.Time, cancellation);
            if (!await EventuallyAsync(AllAreBack, Options.Timeout, cancellation))
            {
                return; // who is away cannot be cut once more; that they stay away is seen at the end
            }

            Volatile.Write(ref _cutAt, Context.Clock.Micros);
            _cuts++;
            _cut += Context.Sockets.CutAll();
        }
    }

    /// <inheritdoc/>
    public override async Task SettleAsync(CancellationToken cancellation)
    {
        await EventuallyAsync(AllAreBack, Options.Timeout, cancellation);
        await base.SettleAsync(cancellation);
    }

    /// <inheritdoc/>
    public override void Report(FigureSet figures)
    {
        base.Report(figures);
        figures.Add(FigureNames.Connections, Metrics.Open.Value); // now, and not when the load ended: the last may then have been on their way back
        figures.Add(FigureNames.Reconnects, Members.Sum(member => ((ReturningMember)member).Returns));
        figures.Add(FigureNames.Gaps, Members.Sum(member => ((ReturningMember)member).Gaps));
        Context.Note($"{_cut} connections were cut, with a reset, in {_cuts} {(_cuts == 1 ? "blow" : "blows")}{(_cuts < Options.Cuts ? $" of {Options.Cuts}: for the others the load was over before all were back" : "")}. {StepNames.Recover} is from the cut until a client has its connection and its rooms back, its own back-off of up to 0.5 s included.");
    }

    /// <inheritdoc/>
    protected override void Arrange() => AddRooms(defaultSize: 10);

    /// <inheritdoc/>
    protected override Member CreateMember(Room room, int place, int senders) => new ReturningMember(Context, room, place, senders, this);

    // A cut is told to its client later, so that nobody is away yet is not enough.
    private bool AllAreBack() => Members.TrueForAll(member => !member.IsThere || (member is ReturningMember { IsAway: false } returning && returning.Returns >= _cuts));
}
