using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Running;
using WsCore.LoadTests.Scenarios;
using WsCore.LoadTests.Simulations;
using WsCore.TestKit.Time;

namespace WsCore.LoadTests.Tests.Simulations;

public sealed class ArrivalLoopTests
{
    private readonly ManualTimeProvider _time = new();
    private readonly List<long> _begun = [];

    [Fact]
    public async Task RunAsync_WhoeverIsLate_CatchesUpWithThePlannedMoments()
    {
        var loop = RunAsync(CancellationToken.None, 0, 10, 20, 30);
        await Eventually.Equal(1, () => _begun.Count);

        _time.Advance(TimeSpan.FromMilliseconds(25)); // a stall: two are due by now
        await Eventually.Equal(3, () => _begun.Count);
        await Eventually.Is(() => _time.ArmedTimers == 1);
        _time.Advance(TimeSpan.FromMilliseconds(6));
        await loop.WithTimeout();

        Assert.Equal([0, 10_000, 20_000, 30_000], _begun);
    }

    [Fact]
    public async Task RunAsync_Cancelled_EndsWithoutTheRest()
    {
        using var stop = new CancellationTokenSource();
        var loop = RunAsync(stop.Token, 0, 10);
        await Eventually.Equal(1, () => _begun.Count);

        await stop.CancelAsync();
        await loop.WithTimeout();

        Assert.Single(_begun);
    }

    [Fact]
    public async Task RunAsync_RealClock_KeepsThePlanToo()
    {
        await ArrivalLoop.RunAsync(new LoadClock(TimeProvider.System), [TimeSpan.Zero, TimeSpan.FromMilliseconds(3)], _begun.Add, CancellationToken.None).WithTimeout();

        Assert.Equal(3000, _begun[1] - _begun[0]);
    }

    [Fact]
    public async Task Iteration_OfAServerThatStalls_CountsFromThePlannedMoment()
    {
        using var context = new ScenarioContext(new ScenarioOptions { Url = new Uri("ws://127.0.0.1:1/ws") }, _time);
        var answer = new TaskCompletionSource<string?>();
        var late = new MeasuredIteration(0, intended: context.Clock.Micros, context);
        _time.Advance(TimeSpan.FromSeconds(3)); // the tester itself begins late

        var step = late.StepAsync("ack", () => answer.Task);
        _time.Advance(TimeSpan.FromSeconds(4));
        answer.SetResult(null);

        Assert.True(await step.WithTimeout());
        Assert.InRange(context.Metrics.Step("ack").Snapshot().Max, 6_999_000, 7_020_000);
    }

    [Fact]
    public async Task Iteration_ThatFails_IsAnErrorAndNoLatency()
    {
        using var context = new ScenarioContext(new ScenarioOptions { Url = new Uri("ws://127.0.0.1:1/ws") }, _time);

        Assert.False(await new MeasuredIteration(0, 0, context).StepAsync("ack", () => Task.FromResult<string?>("rate_limited")).WithTimeout());

        Assert.Equal((1, 0), (context.Metrics.Errors.Of("rate_limited"), context.Metrics.Step("ack").Snapshot().Count));
    }

    private Task RunAsync(CancellationToken stop, params int[] milliseconds) =>
        ArrivalLoop.RunAsync(new LoadClock(_time), milliseconds.Select(moment => TimeSpan.FromMilliseconds(moment)), _begun.Add, stop);
}
