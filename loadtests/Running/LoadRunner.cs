using WsCore.LoadTests.Peers;
using WsCore.LoadTests.Progress;
using WsCore.LoadTests.Reporting;
using WsCore.LoadTests.Scenarios;
using WsCore.LoadTests.Simulations;

namespace WsCore.LoadTests.Running;

/// <summary>Takes a scenario through its phases, and writes the report of it.</summary>
internal sealed class LoadRunner(Scenario scenario, ScenarioContext context, RunSettings settings, IProgressView view)
{
    private readonly LoadLoop _loop = new(scenario, context);
    private readonly Marks _marks = new(context, settings.Server);
    private bool _stopped;

    /// <summary>Runs it; where it is stopped early the report tells what there is, and that it proves nothing.</summary>
    /// <exception cref="ScenarioException">This server cannot be tested so.</exception>
    public async Task<LoadReport> RunAsync(CancellationToken stop)
    {
        var began = context.Clock.Time.GetUtcNow();
        var sampler = new Sampler(context, scenario.MainStep, settings.Server, view);
        using var sampling = new CancellationTokenSource();
        var samples = sampler.RunAsync(sampling.Token);
        var figures = new FigureSet();
        try
        {
            _marks.Start();
            await PhasesAsync(sampler, stop);
            scenario.Report(figures);
        }
        finally
        {
            sampler.Phase = Phases.Clean;
            await scenario.DisposeAsync();
            await sampling.CancelAsync();
            await samples;
        }

        return new ReportBuilder(scenario, context, settings, _marks).Build(figures, sampler.Samples, began, _stopped);
    }

    private async Task PhasesAsync(Sampler sampler, CancellationToken stop)
    {
        try
        {
            sampler.Phase = Phases.Init;
            await scenario.InitAsync(stop);
            _marks.Ready();
            if (context.Options.WarmUp > TimeSpan.Zero)
            {
                sampler.Phase = Phases.WarmUp;
                await _loop.RunAsync(new SimulationPlan([scenario.Simulations[0] with { During = context.Options.WarmUp }]), stop);
            }

            sampler.Phase = Phases.Load;
            _marks.BeginLoad();
            await LoadAsync(stop);
            _stopped = stop.IsCancellationRequested; // later there is nothing left to leave out
            _marks.EndLoad();
            sampler.Phase = Phases.Settle;
            // Also after a stop: what is on its way is no loss.
            await UnderWayAsync();
            await scenario.SettleAsync(CancellationToken.None);
            _marks.Settled();
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            _stopped = true;
            _marks.Interrupted();
        }
    }

    private async Task LoadAsync(CancellationToken stop)
    {
        using var end = CancellationTokenSource.CreateLinkedTokenSource(stop);
        var background = scenario.BackgroundAsync(end.Token);
        await _loop.RunAsync(new SimulationPlan(scenario.Simulations), stop);
        await end.CancelAsync();
        try
        {
            await background;
        }
        catch (OperationCanceledException)
        {
            // the end of the load
        }
        catch (PeerException e)
        {
            context.Metrics.Errors.Add(e.Code);
            context.Note($"What was to go on beside the load ended early: {e.Message}");
        }
    }

    private async Task UnderWayAsync()
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(20), context.Clock.Time);
        for (var start = context.Clock.Elapsed; _loop.UnderWay > 0 && context.Clock.Elapsed - start < context.Options.Timeout;)
        {
            await timer.WaitForNextTickAsync(CancellationToken.None);
        }
    }
}
