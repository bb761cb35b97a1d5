using WsCore.TestKit.Time;

namespace WsCore.Tests.TestKit;

public sealed class ManualTimeProviderTests
{
    private readonly ManualTimeProvider _clock = new();
    private readonly List<string> _fired = [];

    [Fact]
    public void Advance_NoTimer_MovesWallClockAndTimestampAlike()
    {
        var utc = _clock.GetUtcNow();
        var timestamp = _clock.GetTimestamp();

        _clock.Advance(TimeSpan.FromDays(400));

        Assert.Equal(TimeSpan.FromDays(400), _clock.GetUtcNow() - utc);
        var difference = TimeSpan.FromDays(400) - _clock.GetElapsedTime(timestamp);
        Assert.InRange(difference.Ticks, -10, 10);
    }

    [Fact]
    public void GetTimestamp_ManySmallSteps_DriftsNowhere()
    {
        var timestamp = _clock.GetTimestamp();

        for (var i = 0; i < 100_000; i++)
        {
            _clock.Advance(TimeSpan.FromTicks(1));
        }

        Assert.InRange(_clock.GetElapsedTime(timestamp).Ticks, 99_999, 100_000);
    }

    [Fact]
    public void Constructor_SameSeed_StartsAtSameInstant()
    {
        var (a, b, c) = (new ManualTimeProvider(5), new ManualTimeProvider(5), new ManualTimeProvider(6));

        Assert.Equal((a.GetUtcNow(), a.GetTimestamp()), (b.GetUtcNow(), b.GetTimestamp()));
        Assert.NotEqual(a.GetUtcNow(), c.GetUtcNow());
        Assert.Contains("seed 5", a.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public void TimestampFrequency_IsNotThatOfTicks() =>
        Assert.NotEqual(0, _clock.TimestampFrequency % TimeSpan.TicksPerSecond);

    [Fact]
    public void Advance_SeveralTimers_FireByDueTimeThenByArming()
    {
        Start("late", 30);
        Start("first of two", 20);
        Start("second of two", 20);
        Start("early", 10);

        _clock.Advance(TimeSpan.FromSeconds(30));

        Assert.Equal(["early@10", "first of two@20", "second of two@20", "late@30"], _fired);
        Assert.Equal(0, _clock.ArmedTimers);
    }

    [Fact]
    public void Advance_ShortOfDueTime_FiresNothing()
    {
        Start("timer", 10);

        _clock.Advance(TimeSpan.FromSeconds(10) - TimeSpan.FromTicks(1));
        Assert.Empty(_fired);
        Assert.Equal(TimeSpan.FromTicks(1), _clock.UntilNextTimer);

        _clock.Advance(TimeSpan.FromTicks(1));
        Assert.Equal(["timer@10"], _fired);
        Assert.Null(_clock.UntilNextTimer);
    }

    [Fact]
    public void CreateTimer_DueTimeZero_FiresInNextAdvanceOnly()
    {
        Start("timer", 0);
        Assert.Empty(_fired);

        _clock.Advance(TimeSpan.Zero);
        Assert.Equal(["timer@0"], _fired);
    }

    [Fact]
    public void Advance_PeriodicTimer_FiresEachPeriodUntilDisposed()
    {
        var timer = Start("timer", 5, period: 10);

        _clock.Advance(TimeSpan.FromSeconds(26));
        timer.Dispose();
        _clock.Advance(TimeSpan.FromSeconds(100));

        Assert.Equal(["timer@5", "timer@15", "timer@25"], _fired);
    }

    [Fact]
    public void Change_ArmedTimer_ForgetsItsFormerDueTime()
    {
        var timer = Start("timer", 5, period: 1);

        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.True(timer.Change(TimeSpan.FromSeconds(20), Timeout.InfiniteTimeSpan));
        _clock.Advance(TimeSpan.FromSeconds(100));

        Assert.Equal(["timer@24"], _fired);
    }

    [Fact]
    public void Change_ToInfinite_StopsTimer()
    {
        var timer = Start("timer", 5);

        timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        _clock.Advance(TimeSpan.FromSeconds(100));

        Assert.Empty(_fired);
    }

    [Fact]
    public void Change_DisposedTimer_IsRefused()
    {
        var timer = Start("timer", 5);
        timer.Dispose();

        Assert.False(timer.Change(TimeSpan.Zero, TimeSpan.Zero));
        _clock.Advance(TimeSpan.FromSeconds(100));

        Assert.Empty(_fired);
    }

    [Theory]
    [InlineData(-2)]
    [InlineData(uint.MaxValue)]
    public void Change_DelayThatSystemRefuses_Throws(long milliseconds)
    {
        var timer = Start("timer", 5);
        var delay = TimeSpan.FromMilliseconds(milliseconds);

        Assert.Throws<ArgumentOutOfRangeException>(() => timer.Change(delay, TimeSpan.Zero));
        Assert.Throws<ArgumentOutOfRangeException>(() => timer.Change(TimeSpan.Zero, delay));
    }

    [Fact]
    public void Advance_CallbackDisposesTimerOfSameInstant_ThatDoesNotFire()
    {
        ITimer? second = null;
        using var first = _clock.CreateTimer(_ => second!.Dispose(), null, TimeSpan.FromSeconds(1), TimeSpan.Zero);
        second = Start("second", 1);

        _clock.Advance(TimeSpan.FromSeconds(1));

        Assert.Empty(_fired);
    }

    [Fact]
    public void Advance_CallbackArmsTimerWithinReach_FiresItInSameAdvance()
    {
        using var outer = _clock.CreateTimer(
            _ => Start("inner", 2), null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["inner@5"], _fired);
    }

    [Fact]
    public void Advance_FromCallback_MovesOnFromDueTimeAndNeverBack()
    {
        using var outer = _clock.CreateTimer(
            _ => _clock.Advance(TimeSpan.FromSeconds(10)), null, TimeSpan.FromSeconds(3), Timeout.InfiniteTimeSpan);
        Start("between", 7);

        _clock.Advance(TimeSpan.FromSeconds(5));

        Assert.Equal(["between@7"], _fired);
        Assert.Equal(TimeSpan.FromSeconds(13), _clock.Elapsed);
    }

    [Fact]
    public void Advance_CallbackThrows_StopsThereAndCanGoOn()
    {
        using var faulty = _clock.CreateTimer(
            _ => throw new FormatException(), null, TimeSpan.FromSeconds(1), Timeout.InfiniteTimeSpan);
        Start("after", 2);

        Assert.Throws<FormatException>(() => _clock.Advance(TimeSpan.FromSeconds(5)));
        Assert.Equal(TimeSpan.FromSeconds(1), _clock.Elapsed);

        _clock.Advance(TimeSpan.FromSeconds(1));
        Assert.Equal(["after@2"], _fired);
    }

    [Fact]
    public void Advance_TimerWithoutDelayForEver_ThrowsInsteadOfHanging()
    {
        ITimer? timer = null;
        timer = _clock.CreateTimer(
            _ => timer!.Change(TimeSpan.Zero, Timeout.InfiniteTimeSpan), null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);

        Assert.Throws<InvalidOperationException>(() => _clock.Advance(TimeSpan.Zero));
    }

    [Fact]
    public async Task Invoke_CallbackRunning_HoldsNoLockAndDisposeAsyncWaitsForIt()
    {
        var entered = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        using var release = new ManualResetEventSlim();
        var timer = _clock.CreateTimer(
            _ =>
            {
                entered.SetResult();
                release.Wait(TimeoutExtensions.Default);
            },
            null,
            TimeSpan.FromSeconds(1),
            Timeout.InfiniteTimeSpan);

        var advance = Task.Run(() => _clock.Advance(TimeSpan.FromSeconds(1)));
        await entered.Task.WithTimeout();
        Assert.Equal(TimeSpan.FromSeconds(1), await Task.Run(() => _clock.Elapsed).WithTimeout());
        var disposal = timer.DisposeAsync().AsTask();
        Assert.False(disposal.IsCompleted);

        release.Set();
        await disposal.WithTimeout();
        await advance.WithTimeout();
    }

    [Fact]
    public async Task Advance_FromManyThreads_FiresEachTimerOnce()
    {
        var fired = new int[1_000];
        for (var i = 0; i < fired.Length; i++)
        {
            var index = i;
            _clock.CreateTimer(
                _ => Interlocked.Increment(ref fired[index]), null, TimeSpan.FromSeconds(i % 7), Timeout.InfiniteTimeSpan);
        }

        var advances = Enumerable.Range(0, 4).Select(_ => Task.Run(() => _clock.Advance(TimeSpan.FromSeconds(7))));
        await Task.WhenAll(advances).WithTimeout();

        Assert.All(fired, count => Assert.Equal(1, count));
    }

    [Fact]
    public async Task Advance_PlatformsOwnWaits_EndWhenDue()
    {
        using var source = new CancellationTokenSource(TimeSpan.FromSeconds(5), _clock);
        using var periodic = new PeriodicTimer(TimeSpan.FromSeconds(2), _clock);
        var tick = periodic.WaitForNextTickAsync();
        var wait = new TaskCompletionSource().Task.WaitAsync(TimeSpan.FromSeconds(4), _clock);

        _clock.Advance(TimeSpan.FromSeconds(3));
        Assert.True(await tick.WithTimeout());
        Assert.False(wait.IsCompleted);

        _clock.Advance(TimeSpan.FromSeconds(2));
        await Assert.ThrowsAsync<TimeoutException>(() => wait);
        Assert.True(source.IsCancellationRequested);
    }

    [Fact]
    public void CreateTimer_AsyncLocal_FlowsIntoCallback()
    {
        var local = new AsyncLocal<string> { Value = "creator" };
        string? seen = null;
        using var timer = _clock.CreateTimer(_ => seen = local.Value, null, TimeSpan.Zero, Timeout.InfiniteTimeSpan);
        local.Value = "advancer";

        _clock.Advance(TimeSpan.Zero);

        Assert.Equal("creator", seen);
    }

    [Fact]
    public void StepWallClock_MovesNeitherTimestampNorTimers()
    {
        Start("timer", 10);
        var (utc, timestamp) = (_clock.GetUtcNow(), _clock.GetTimestamp());

        _clock.StepWallClock(TimeSpan.FromHours(-1));
        _clock.Advance(TimeSpan.Zero);

        Assert.Equal(TimeSpan.FromHours(-1), _clock.GetUtcNow() - utc);
        Assert.Equal(timestamp, _clock.GetTimestamp());
        Assert.Empty(_fired);
    }

    private ITimer Start(string name, int due, int? period = null) =>
        _clock.CreateTimer(
            _ => _fired.Add($"{name}@{_clock.Elapsed.TotalSeconds}"),
            null,
            TimeSpan.FromSeconds(due),
            period is { } seconds ? TimeSpan.FromSeconds(seconds) : Timeout.InfiniteTimeSpan);
}
