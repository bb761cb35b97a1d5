using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Running;
using WsCore.LoadTests.Scenarios;

namespace WsCore.LoadTests.Tests.Running;

public sealed class MarksTests : IDisposable
{
    private readonly ScenarioContext _context = new(new ScenarioOptions { Url = new Uri("ws://127.0.0.1:1/ws"), Sources = "none" }, TimeProvider.System);
    private readonly Marks _marks;

    public MarksTests()
    {
        _marks = new Marks(_context, null);
        _marks.Start();
        Take(StepNames.Join, 3);
        _marks.Ready();
        Take(StepNames.Join, 1);
        Take(StepNames.Deliver, 5);
        Take(StepNames.Ack, 5);
    }

    public void Dispose() => _context.Dispose();

    [Theory]
    [InlineData(StepNames.Join, 3)] // it was before the load only
    [InlineData(StepNames.Deliver, 0)] // it was in the warm-up only
    [InlineData(StepNames.Ack, 2)]
    [InlineData(StepNames.Lag, 4)] // it was in the load only
    public void Latencies_OfAStep_AreNeverThoseOfTheWarmUp(string step, int count)
    {
        _marks.BeginLoad();
        Take(StepNames.Ack, 2);
        Take(StepNames.Lag, 4);

        Assert.Equal(count, _marks.Latencies(step).Count);
    }

    [Fact]
    public void Latencies_StoppedInTheWarmUp_AreThoseBefore() => Assert.Equal((3, 0), (_marks.Latencies(StepNames.Join).Count, _marks.Latencies(StepNames.Deliver).Count));

    private void Take(string step, int times)
    {
        for (var i = 0; i < times; i++)
        {
            _context.Metrics.Step(step).Record(10);
        }
    }
}
