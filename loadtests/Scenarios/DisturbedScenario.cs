using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Reporting;

namespace WsCore.LoadTests.Scenarios;

/// <summary>Rooms of well-behaved members whose second half of the run is disturbed by others: their latencies before and during it are told apart.</summary>
internal abstract class DisturbedScenario(ScenarioContext context) : CrowdScenario(context)
{
    private static readonly TimeSpan Floor = TimeSpan.FromMilliseconds(50); // below it a machine's own unrest is as large as what is to be seen

    /// <inheritdoc/>
    public override IEnumerable<string> Thresholds => [.. base.Thresholds, $"{FigureNames.Ratio}<3"];

    /// <summary>How many times as slow the slowest hundredth was; where it was faster than 50 ms before, by 50 ms.</summary>
    public static double Ratio(HistogramSnapshot before, HistogramSnapshot during) => during.Percentile(99) / Math.Max(Floor.TotalMicroseconds, before.Percentile(99));

    /// <inheritdoc/>
    public override async Task BackgroundAsync(CancellationToken cancellation)
    {
        Context.Phase = Metrics.Step(StepNames.DeliverBefore);
        await Task.Delay(new Simulations.SimulationPlan(Simulations).Duration / 2, Context.Clock.Time, cancellation);
        Context.Phase = Metrics.Step(StepNames.DeliverDuring);
        try
        {
            await DisturbAsync(cancellation);
        }
        finally
        {
            Context.Phase = null;
        }
    }

    /// <inheritdoc/>
    public override void Report(FigureSet figures)
    {
        base.Report(figures);
        var (before, during) = (Metrics.Step(StepNames.DeliverBefore).Snapshot(), Metrics.Step(StepNames.DeliverDuring).Snapshot());
        if (before.Count > 0 && during.Count > 0)
        {
            figures.Add(FigureNames.Ratio, Ratio(before, during));
        }
    }

    /// <summary>Disturbs until it is cancelled.</summary>
    protected abstract Task DisturbAsync(CancellationToken cancellation);

    /// <inheritdoc/>
    protected override void Arrange() => AddRooms(defaultSize: 10);
}
