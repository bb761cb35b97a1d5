using WsCore.LoadTests.Simulations;

namespace WsCore.LoadTests.Tests.Simulations;

public sealed class SimulationPlanTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public void Arrivals_Inject_AreEvenlySpread()
    {
        var arrivals = Plan(LoadSimulation.Inject(4, Second, 2 * Second)).Arrivals();
        Assert.Equal([0, 250, 500, 750, 1000, 1250, 1500, 1750], arrivals.Select(arrival => arrival.TotalMilliseconds));
    }

    [Fact]
    public void Arrivals_InjectPerMinute_KeepTheInterval() =>
        Assert.Equal([0, 30_000, 60_000], Plan(LoadSimulation.Inject(2, TimeSpan.FromMinutes(1), TimeSpan.FromSeconds(90))).Arrivals().Select(arrival => arrival.TotalMilliseconds));

    [Fact]
    public void Arrivals_Ramp_HaveHalfTheTargetsNumberAndAThirdThatComesEver()
    {
        var arrivals = Plan(LoadSimulation.RampingInject(100, Second, 10 * Second)).Arrivals().ToList();
        Assert.Equal(500, arrivals.Count);
        Assert.Equal(arrivals.Order(), arrivals);
        Assert.InRange(arrivals.Count(arrival => arrival < 5 * Second), 120, 130); // a quarter in the first half
    }

    [Fact]
    public void Arrivals_RampAfterInject_BeginsAtItsRateAndIsShifted()
    {
        var arrivals = Plan(LoadSimulation.Inject(10, Second, Second), LoadSimulation.Pause(Second), LoadSimulation.Inject(10, Second, Second), LoadSimulation.RampingInject(30, Second, Second)).Arrivals().ToList();
        Assert.Equal(10 + 10 + 20, arrivals.Count);
        Assert.Equal([10, 0, 10, 20], Enumerable.Range(0, 4).Select(second => arrivals.Count(arrival => (int)arrival.TotalSeconds == second)));
    }

    [Fact]
    public void Arrivals_RampDown_EndsAtZero()
    {
        var arrivals = Plan(LoadSimulation.Inject(10, Second, Second), LoadSimulation.RampingInject(0, Second, 2 * Second)).Arrivals().Skip(10).ToList();
        Assert.Equal(10, arrivals.Count);
        Assert.True(arrivals.Count(arrival => arrival < 2 * Second) > 7);
    }

    [Fact]
    public void CopiesAt_KeepAndRamp_FollowThePlan()
    {
        var plan = Plan(LoadSimulation.RampingConstant(10, 10 * Second), LoadSimulation.KeepConstant(4, Second), LoadSimulation.RampingConstant(0, 4 * Second));
        Assert.Equal([0, 5, 10, 4, 4, 2, 0], new[] { 0, 5, 9.99, 10, 10.99, 13, 15 }.Select(moment => plan.CopiesAt(moment * Second)));
        Assert.Equal(15 * Second, plan.Duration);
    }

    [Fact]
    public void CopiesAt_OpenSimulations_WantNone() => Assert.Equal(0, Plan(LoadSimulation.Inject(5, Second, Second)).CopiesAt(Second / 2));

    [Theory]
    [InlineData("inject:200,60s", "inject 200 per 1s for 1m")]
    [InlineData("ramping-inject:50.5,500ms", "ramp to 50.5 per 1s within 500ms")]
    [InlineData("keep-constant:20,2m", "keep 20 for 2m")]
    [InlineData("ramping-constant:7,1h", "ramp to 7 within 60m")]
    [InlineData("pause:5s", "pause 5s")]
    public void Text_OfEachKind_IsRead(string text, string meaning) => Assert.Equal(meaning, SimulationText.Parse(text).ToString());

    [Theory]
    [InlineData("inject")]
    [InlineData("inject:5")]
    [InlineData("inject:x,5s")]
    [InlineData("inject:-1,5s")]
    [InlineData("pause:5")]
    [InlineData("pause:1s,2s")]
    [InlineData("explode:1,1s")]
    public void Text_OfNoKind_IsRefusedInASentence(string text) => Assert.Matches("is no|Write", Assert.Throws<FormatException>(() => SimulationText.Parse(text)).Message);

    private static SimulationPlan Plan(params LoadSimulation[] simulations) => new(simulations);
}
