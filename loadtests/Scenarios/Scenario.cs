using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Reporting;
using WsCore.LoadTests.Simulations;

namespace WsCore.LoadTests.Scenarios;

/// <summary>
/// What virtual users do. A runner calls <see cref="InitAsync"/>, then as the simulations want it <see cref="RunAsync"/>, any number at once, with <see cref="BackgroundAsync"/> beside it,
/// then <see cref="SettleAsync"/>, <see cref="Report"/>, and disposes it.
/// </summary>
internal abstract class Scenario(ScenarioContext context) : IAsyncDisposable
{
    protected ScenarioContext Context => context;

    protected ScenarioOptions Options => context.Options;

    protected LoadMetrics Metrics => context.Metrics;

    /// <summary>The step that <c>p99</c> without a name means.</summary>
    public virtual string MainStep => StepNames.Deliver;

    /// <summary>The course of the load.</summary>
    public virtual IReadOnlyList<LoadSimulation> Simulations => Options.Load;

    /// <summary>What has to hold unless the user says otherwise.</summary>
    public abstract IEnumerable<string> Thresholds { get; }

    /// <summary>Connects and joins.</summary>
    /// <exception cref="ScenarioException">This server cannot be tested so.</exception>
    public abstract Task InitAsync(CancellationToken cancellation);

    /// <summary>One iteration; ends when all its steps have. Does not throw but for cancellation.</summary>
    public abstract Task RunAsync(Iteration iteration, CancellationToken cancellation);

    /// <summary>What goes on beside the measured load, until it is cancelled.</summary>
    public virtual Task BackgroundAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Waits for what is still on its way.</summary>
    public virtual Task SettleAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <summary>Tells its results.</summary>
    public virtual void Report(FigureSet figures)
    {
    }

    /// <summary>Says goodbye on all connections.</summary>
    public abstract ValueTask DisposeAsync();

    /// <summary>Waits until a condition holds, or the options' time-out is over; whether it holds.</summary>
    protected async Task<bool> EventuallyAsync(Func<bool> condition, TimeSpan limit, CancellationToken cancellation)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50), Context.Clock.Time);
        var start = Context.Clock.Elapsed;
        while (!condition())
        {
            if (Context.Clock.Elapsed - start > limit || !await timer.WaitForNextTickAsync(cancellation))
            {
                return false;
            }
        }

        return true;
    }
}
