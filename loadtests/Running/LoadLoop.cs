using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Scenarios;
using WsCore.LoadTests.Simulations;

namespace WsCore.LoadTests.Running;

/// <summary>Runs a scenario's iterations as the simulations say.</summary>
internal sealed class LoadLoop(Scenario scenario, ScenarioContext context)
{
    private static readonly TimeSpan CopiesInterval = TimeSpan.FromMilliseconds(100);

    private readonly LatencyHistogram _lag = context.Metrics.Step(StepNames.Lag);
    private readonly List<Task> _copies = [];
    private long _number;
    private int _underWay;

    /// <summary>Iterations that have begun and not ended.</summary>
    public int UnderWay => Volatile.Read(ref _underWay);

    /// <summary>Ends when the plan does, or early and without an exception when it is stopped.</summary>
    public async Task RunAsync(SimulationPlan plan, CancellationToken stop)
    {
        using var ended = new CancellationTokenSource(plan.Duration, context.Clock.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(ended.Token, stop);
        await Task.WhenAll(
            ArrivalLoop.RunAsync(context.Clock, plan.Arrivals(), intended => _ = BeginAsync(intended, stop), stop),
            KeepCopiesAsync(plan, either.Token, stop));
    }

    private async Task BeginAsync(long intended, CancellationToken stop)
    {
        Interlocked.Increment(ref _underWay);
        _lag.Record(context.Clock.Micros - intended);
        try
        {
            await scenario.RunAsync(new MeasuredIteration(Interlocked.Increment(ref _number) - 1, intended, context), stop);
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // stopped by the user: it counts as neither done nor failed
        }
        catch (Exception e)
        {
            context.Metrics.Errors.Add(e.GetType().Name);
            context.Note($"{e.GetType().Name}: {e.Message}");
        }
        finally
        {
            Interlocked.Decrement(ref _underWay);
        }
    }

    private async Task KeepCopiesAsync(SimulationPlan plan, CancellationToken ended, CancellationToken stop)
    {
        var start = context.Clock.Elapsed;
        _copies.Clear();
        using var timer = new PeriodicTimer(CopiesInterval, context.Clock.Time);
        try
        {
            do
            {
                for (var copies = plan.CopiesAt(context.Clock.Elapsed - start); _copies.Count < copies;)
                {
                    _copies.Add(CopyAsync(_copies.Count, start, plan, stop));
                }
            }
            while (await timer.WaitForNextTickAsync(ended));
        }
        catch (OperationCanceledException)
        {
            // the end of the plan
        }

        await Task.WhenAll(_copies);
    }

    // A copy whose number is not wanted for the moment waits; it is cheaper than ending it.
    private async Task CopyAsync(int copy, TimeSpan start, SimulationPlan plan, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(CopiesInterval, context.Clock.Time);
        while (!stop.IsCancellationRequested && context.Clock.Elapsed - start < plan.Duration)
        {
            if (copy < plan.CopiesAt(context.Clock.Elapsed - start))
            {
                await BeginAsync(context.Clock.Micros, stop);
                await Task.Yield();
            }
            else
            {
                await timer.WaitForNextTickAsync(CancellationToken.None);
            }
        }
    }
}
