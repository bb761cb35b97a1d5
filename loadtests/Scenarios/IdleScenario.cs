using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Peers;
using WsCore.LoadTests.Simulations;

namespace WsCore.LoadTests.Scenarios;

/// <summary>Connections that are in a room and silent; at the end each must still answer.</summary>
internal sealed class IdleScenario(ScenarioContext context) : CrowdScenario(context)
{
    private const int PingsAtOnce = 64;

    /// <inheritdoc/>
    public override string MainStep => StepNames.Ping;

    /// <inheritdoc/>
    public override IReadOnlyList<LoadSimulation> Simulations => Options.Simulations.Count > 0 ? Options.Simulations : [LoadSimulation.Pause(Options.Duration)];

    /// <inheritdoc/>
    public override IEnumerable<string> Thresholds => [$"connections={Members.Count}", "errors=0", "closes=0"];

    /// <inheritdoc/>
    public override Task RunAsync(Iteration iteration, CancellationToken cancellation)
    {
        var member = Members[(int)(iteration.Number % Members.Count)];
        return iteration.StepAsync(StepNames.Ping, () => PingAsync(member.Peer, cancellation));
    }

    /// <inheritdoc/>
    public override Task SettleAsync(CancellationToken cancellation) =>
        Parallel.ForEachAsync(
            Members.Where(member => member.IsThere),
            new ParallelOptions { MaxDegreeOfParallelism = PingsAtOnce, CancellationToken = cancellation },
            async (member, stopped) =>
            {
                var begun = Context.Clock.Micros;
                if (await PingAsync(member.Peer, stopped) is { } code)
                {
                    Metrics.Errors.Add(code);
                }
                else
                {
                    Metrics.Step(StepNames.Ping).Record(Context.Clock.Micros - begun);
                }
            });

    /// <inheritdoc/>
    protected override void Arrange() => AddRooms(defaultSize: 10);

    private static async Task<string?> PingAsync(IPeer peer, CancellationToken cancellation)
    {
        try
        {
            await peer.PingAsync(cancellation);
            return null;
        }
        catch (PeerException e)
        {
            return e.Code;
        }
    }
}
