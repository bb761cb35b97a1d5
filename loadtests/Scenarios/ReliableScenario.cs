using WsCore.LoadTests.Peers;
using WsCore.LoadTests.Reporting;

namespace WsCore.LoadTests.Scenarios;

/// <summary>
/// Reliable messages to receivers that lose a part of them: half of those before they are handled, half of them after, so that only the confirmation is lost. Each must come again, and be handled once in
/// the end. On raw connections, for the .NET client confirms what it was asked for.
/// </summary>
internal sealed class ReliableScenario(ScenarioContext context) : CrowdScenario(context)
{
    private static readonly TimeSpan LongestRetry = TimeSpan.FromSeconds(10); // the first repetition comes after 5 s unless configured, up to 1 s later

    /// <inheritdoc/>
    public override IEnumerable<string> Thresholds => [.. base.Thresholds, "unconfirmed=0"];

    /// <inheritdoc/>
    public override Task InitAsync(CancellationToken cancellation) => Kind == PeerKind.Raw
        ? base.InitAsync(cancellation)
        : throw new ScenarioException("reliable decides itself what is confirmed, so it runs on raw connections: leave --via out.");

    /// <inheritdoc/>
    public override Task RunAsync(Iteration iteration, CancellationToken cancellation) => SpeakAsync(iteration, reliable: true, cancellation);

    /// <inheritdoc/>
    public override async Task SettleAsync(CancellationToken cancellation)
    {
        await EventuallyAsync(() => Members.Sum(member => ((LossyMember)member).Unconfirmed) == 0, Options.Timeout + LongestRetry, cancellation);
        await base.SettleAsync(cancellation);
    }

    /// <inheritdoc/>
    public override void Report(FigureSet figures)
    {
        base.Report(figures);
        figures.Add(FigureNames.Withheld, Members.Sum(member => ((LossyMember)member).Withheld));
        figures.Add(FigureNames.Unconfirmed, Members.Sum(member => ((LossyMember)member).Unconfirmed));
        figures.Add(FigureNames.Retries, Metrics.Retries.Value);
    }

    /// <inheritdoc/>
    protected override void Arrange() => AddRooms(defaultSize: 10);

    /// <inheritdoc/>
    protected override Member CreateMember(Room room, int place, int senders) => new LossyMember(Context, room, place, senders);
}
