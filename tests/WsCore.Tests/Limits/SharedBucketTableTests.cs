using WsCore.Limits;

namespace WsCore.Tests.Limits;

/// <summary>Who shares a bucket, and how long it is kept.</summary>
public sealed class SharedBucketTableTests
{
    private const long Frequency = 1000;

    private readonly SharedBucketTable _table = new(new BucketRates(
        RateScope.User, new BucketRate(10, 10, Frequency), new BucketRate(0, 1, Frequency)));

    private readonly SharedKey _ada = SharedKey.Of("ada");

    [Fact]
    public void Leave_NothingSpent_IsForgottenAtOnce()
    {
        var entry = _table.Enter(_ada);
        Assert.Same(entry, _table.Enter(_ada));
        Assert.NotSame(entry, _table.Enter(SharedKey.Of("grace")));
        _table.Leave(entry, 0);
        Assert.Equal(2, _table.Count);
        _table.Leave(entry, 0);
        Assert.Equal(1, _table.Count);
    }

    [Fact]
    public void Leave_SomethingSpent_IsKeptUntilItWouldBeFull()
    {
        Spend(4, now: 0);

        _table.Sweep(399);
        Assert.Equal(1, _table.Count);
        Assert.False(TrySpend(10, now: 399)); // coming back has filled nothing
        _table.Sweep(400);
        Assert.Equal(0, _table.Count);
        Assert.True(TrySpend(10, now: 400));
    }

    [Fact]
    public void Leave_SpentMoreSinceItWasQueued_IsKeptForThatToo()
    {
        Spend(4, now: 0);
        Spend(6, now: 0);
        _table.Sweep(400);
        Assert.Equal(1, _table.Count);
        Assert.False(TrySpend(5, now: 400));
        _table.Sweep(999);
        Assert.Equal(1, _table.Count);
        _table.Sweep(1000);
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void Sweep_HeldAgain_IsKeptUntilItIsLeftAndFull()
    {
        Spend(10, now: 0);
        var entry = _table.Enter(_ada);
        _table.Sweep(5000);
        Assert.Same(entry, _table.Enter(_ada));
        Take(entry, 10, now: 5000);
        _table.Leave(entry, 5000);
        _table.Leave(entry, 5000);
        _table.Sweep(5999);
        Assert.Equal(1, _table.Count);
        _table.Sweep(6000);
        Assert.Equal(0, _table.Count);
    }

    [Fact]
    public void Leave_MoreThanAreKept_ThoseThatWouldBeFullFirstGo()
    {
        var held = _table.Enter(_ada);
        for (var i = 0; i < SharedBucketTable.MaxRefilling + 50; i++)
        {
            var stranger = _table.Enter(SharedKey.Of($"{i}"));
            Take(stranger, i < 50 ? 1 : 2, now: 0);
            _table.Leave(stranger, 0);
        }

        Assert.Equal(SharedBucketTable.MaxRefilling + 1, _table.Count);
        Assert.Same(held, _table.Enter(_ada));
        Assert.True(Take(_table.Enter(SharedKey.Of("0")), 10, now: 0)); // was forgotten
        Assert.False(Take(_table.Enter(SharedKey.Of("50")), 10, now: 0)); // was not
        _table.Sweep(200);
        Assert.Equal(3, _table.Count); // those that are held
    }

    [Fact]
    public void Sweep_ClockAtItsEnd_Ends()
    {
        Spend(10, now: long.MaxValue - 3);
        _table.Sweep(long.MaxValue - 1);
        Assert.Equal(1, _table.Count);
    }

    private void Spend(int messages, long now) => Assert.True(TrySpend(messages, now));

    private bool TrySpend(int messages, long now)
    {
        var entry = _table.Enter(_ada);
        var taken = Take(entry, messages, now);
        _table.Leave(entry, now);
        return taken;
    }

    private static bool Take(SharedBuckets entry, int messages, long now)
    {
        var verdict = default(RateVerdict);
        entry.Take(new RateCost(messages, 1), now, null, ref verdict);
        return !verdict.IsRefused;
    }
}
