using WsCore.Hosting;

namespace WsCore.Tests.Hosting;

public sealed class DrainScheduleTests
{
    private static readonly TimeSpan CloseTimeout = TimeSpan.FromSeconds(5);

    [Theory]
    [InlineData(1, 1000, 30, 0.001)]
    [InlineData(10_000, 1000, 30, 10)]
    [InlineData(100_000, 1000, 30, 25)] // at a thousand a second it would take 100 s
    [InlineData(100, 1, 30, 25)]
    [InlineData(100, 1, 6, 3)] // half of the time-out is what answers get at most
    [InlineData(0, 1000, 30, 0)]
    public void Length_IsThePaceOrWhatTheTimeoutLeaves(int count, int pace, int timeout, double seconds)
    {
        var schedule = Create(count, pace, timeout);

        Assert.Equal(TimeSpan.FromSeconds(seconds), schedule.Length);
        Assert.InRange(schedule.End, schedule.Length, TimeSpan.FromSeconds(timeout));
        Assert.Equal(count, schedule.Closed(schedule.Length));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(3)]
    [InlineData(20)]
    public void FewConnections_AreAllClosedAtOnce(int count)
    {
        var schedule = Create(count);

        Assert.Equal(count, schedule.Closed(TimeSpan.Zero));
        Assert.All(Enumerable.Range(0, count), slot => Assert.Equal(0, schedule.After(slot, 0.5)));
    }

    [Fact]
    public void Closed_GrowsAtThePace()
    {
        var schedule = Create(10_000);

        Assert.Equal(20, schedule.Closed(TimeSpan.Zero));
        for (var second = 1; second < 10; second++)
        {
            Assert.InRange(schedule.Closed(TimeSpan.FromSeconds(second)), second * 1000, second * 1000 + 21);
        }

        Assert.Equal(10_000, schedule.Closed(TimeSpan.FromSeconds(10)));
    }

    [Theory]
    [InlineData(1, 1000)]
    [InlineData(3, 1)]
    [InlineData(997, 10)]
    [InlineData(12_345, 1000)]
    [InlineData(100_000, 1000)]
    public void CloseAt_IsTheFirstStepThatClosesTheSlot_AndNobodyIsToldALaterMoment(int count, int pace)
    {
        var schedule = Create(count, pace);
        for (var slot = 0; slot < count; slot += 1 + count / 1000)
        {
            var at = schedule.CloseAt(slot);
            Assert.True(schedule.Closed(at) > slot, $"slot {slot}");
            Assert.True(at == TimeSpan.Zero || schedule.Closed(at - DrainSchedule.Step) <= slot, $"slot {slot}, too late");
            Assert.InRange(schedule.After(slot, 1), 0, (long)at.TotalMilliseconds);
            Assert.Equal((long)at.TotalMilliseconds, schedule.After(slot, 0));
        }
    }

    [Fact]
    public void After_IsSpreadOverTheDrain()
    {
        var random = new Random(1);
        var schedule = Create(10_000);
        var after = Enumerable.Range(0, 10_000).Select(slot => schedule.After(slot, random.NextDouble())).ToArray();

        for (var second = 1; second < 9; second++) // the first gets what the jitter takes from the last
        {
            Assert.InRange(after.Count(moment => moment >= second * 1000 && moment < (second + 1) * 1000), 900, 1100);
        }

        Assert.True(after.Distinct().Count() > 5000); // not in steps
    }

    private static DrainSchedule Create(int count, int pace = 1000, int timeout = 30) =>
        new(count, new DrainOptions { ClosesPerSecond = pace, Timeout = TimeSpan.FromSeconds(timeout) }, CloseTimeout);
}
