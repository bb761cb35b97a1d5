using System.Net;
using WsCore.Heartbeat;
using WsCore.Limits;
using WsCore.TestKit.Measure;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Limits;

/// <summary>Connection, user and address together.</summary>
public sealed class RateLimitsTests
{
    private static readonly IPAddress Here = IPAddress.Parse("192.0.2.1");
    private static readonly RateCost One = RateCost.Of(10);

    private readonly ManualTimeProvider _clock = new();
    private readonly LimitOptions _options = new() { MessagesPerSecond = 0, BytesPerSecond = 0 };

    [Fact]
    public void TryPay_NothingIsLimited_KeepsNothingAndNeverRefuses()
    {
        var limits = Create();
        var allowance = limits.Enter("ada", Here);
        Assert.Equal(1000, Pay(allowance, 1000));
        Assert.Equal(0, limits.Shared);
    }

    [Theory]
    [InlineData(nameof(RateScope.Connection), 15, 15)]
    [InlineData(nameof(RateScope.User), 0, 15)]
    [InlineData(nameof(RateScope.Address), 15, 0)]
    public void TryPay_OneScopeRefuses_NobodyPays(string refusing, int leftToUser, int leftToAddress)
    {
        int BurstOf(RateScope scope) => scope.ToString() == refusing ? 5 : 20;
        (_options.MessagesPerSecond, _options.MessageBurst) = (1, BurstOf(RateScope.Connection));
        _options.PerUser = new RateOptions { MessagesPerSecond = 1, MessageBurst = BurstOf(RateScope.User) };
        _options.PerAddress = new RateOptions { MessagesPerSecond = 1, MessageBurst = BurstOf(RateScope.Address) };
        var limits = Create();
        var allowance = limits.Enter("ada", Here);
        Assert.Equal(5, Pay(allowance, 1000));
        Assert.False(allowance.TryPay(One, out var verdict));
        Assert.Equal((refusing, RateKind.Messages), (verdict.Scope.ToString(), verdict.Kind));

        // others can tell what is left, who share the one and not the other
        Assert.Equal(leftToUser, Enumerable.Range(0, 4).Sum(_ => Pay(limits.Enter("ada", null), 1000)));
        Assert.Equal(leftToAddress, Enumerable.Range(0, 4).Sum(_ => Pay(limits.Enter(null, Here), 1000)));
    }

    [Fact]
    public void TryPay_SeveralRefuse_TheFirstIsNamedAndTheLongestWaitTold()
    {
        (_options.MessagesPerSecond, _options.MessageBurst) = (10, 1);
        (_options.BytesPerSecond, _options.ByteBurst) = (20, 65_536);
        _options.PerUser = new RateOptions { MessagesPerSecond = 1, MessageBurst = 1 };
        var limits = Create();
        var allowance = limits.Enter("ada", null);
        Assert.True(allowance.TryPay(RateCost.Of(65_536), out _));

        Assert.False(allowance.TryPay(RateCost.Of(10), out var verdict)); // 100 ms, 500 ms, 1 s
        Assert.Equal((RateScope.Connection, RateKind.Messages), (verdict.Scope, verdict.Kind));
        Assert.InRange(allowance.Milliseconds(verdict), 1000, 1001);
        _clock.Advance(TimeSpan.FromMilliseconds(allowance.Milliseconds(verdict)));
        Assert.True(allowance.TryPay(RateCost.Of(10), out _));
    }

    [Fact]
    public void TryPay_BytesRefuse_MessagesAreNotTaken()
    {
        (_options.MessagesPerSecond, _options.MessageBurst) = (1, 3);
        (_options.BytesPerSecond, _options.ByteBurst) = (1, 65_536);
        var allowance = Create().Enter(null, null);
        Assert.True(allowance.TryPay(RateCost.Of(65_000), out _));
        for (var i = 0; i < 10; i++)
        {
            Assert.False(allowance.TryPay(RateCost.Of(65_000), out var verdict));
            Assert.Equal(RateKind.Bytes, verdict.Kind);
        }

        Assert.Equal(2, Pay(allowance, 10));
    }

    [Fact]
    public void Leave_AndComeBack_FillsNoBucket()
    {
        _options.PerUser = new RateOptions { MessagesPerSecond = 10 }; // a burst of 20
        var limits = Create();
        var first = limits.Enter("ada", Here);
        Assert.Equal(20, Pay(first, 100));
        limits.Leave(first);
        Assert.Equal(1, limits.Shared);
        Assert.Equal(0, Pay(limits.Enter("ada", Here), 100));
        Assert.Equal(20, Pay(limits.Enter("grace", Here), 100));
        Assert.Equal(20, Pay(limits.Enter("ada ", Here), 100));
    }

    [Fact]
    public void Tick_EverybodyHasGoneAndRefilled_KeepsNothing()
    {
        _options.PerUser = new RateOptions { MessagesPerSecond = 10 };
        _options.PerAddress = new RateOptions { BytesPerSecond = 65_536 };
        var limits = Create();
        var allowance = limits.Enter("ada", Here);
        Pay(allowance, 20);
        limits.Leave(allowance);
        Assert.Equal(2, limits.Shared);
        _clock.Advance(TimeSpan.FromSeconds(1));
        ((ITicked)limits).Tick();
        Assert.Equal(1, limits.Shared); // 200 bytes are soon there
        _clock.Advance(TimeSpan.FromSeconds(1.1));
        ((ITicked)limits).Tick();
        Assert.Equal(0, limits.Shared);
    }

    [Fact]
    public async Task TryPay_ManyThreadsOnOneEntry_TakeExactlyTheBurst()
    {
        _options.PerUser = new RateOptions { MessagesPerSecond = 1, MessageBurst = 100_000 };
        _options.PerAddress = new RateOptions { MessagesPerSecond = 1, MessageBurst = 60_000 };
        var limits = Create();
        var paid = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => Task.Run(() => Pay(limits.Enter("ada", Here), 20_000)))).WithTimeout();
        Assert.Equal(60_000, paid.Sum());
        Assert.Equal(40_000, Pay(limits.Enter("ada", null), 100_000)); // what the address refused, the user did not pay
    }

    [Fact]
    public void IsTooMuch_CountsWithinTenSeconds()
    {
        _options.ViolationsBeforeClose = 3;
        var allowance = Create().Enter(null, null);
        for (var i = 0; i < 20; i++)
        {
            Assert.False(allowance.IsTooMuch()); // two in ten seconds, for ever
            _clock.Advance(TimeSpan.FromSeconds(5.1));
        }

        Assert.False(allowance.IsTooMuch());
        Assert.False(allowance.IsTooMuch());
        _clock.Advance(TimeSpan.FromSeconds(4));
        Assert.True(allowance.IsTooMuch());
    }

    [Fact]
    public void IsTooMuch_Never()
    {
        _options.ViolationsBeforeClose = 0;
        var allowance = Create().Enter(null, null);
        Assert.All(Enumerable.Range(0, 1000), _ => Assert.False(allowance.IsTooMuch()));
    }

    [Theory]
    [InlineData(false)]
    [InlineData(true)]
    public void TryPay_AMillionTimes_AllocatesNothing(bool shared)
    {
        (_options.MessagesPerSecond, _options.BytesPerSecond) = (1000, 100_000);
        if (shared)
        {
            _options.PerUser = new RateOptions { MessagesPerSecond = 1000, BytesPerSecond = 100_000 };
            _options.PerAddress = new RateOptions { MessagesPerSecond = 1000 };
        }

        var allowance = new RateLimits(_options, TimeProvider.System).Enter("ada", Here);
        var paid = 0;
        Assert.Equal(0, Allocations.Least(1_000_000, () => paid += allowance.TryPay(One, out _) ? 1 : 0));
        Assert.True(paid > 0);
    }

    private static int Pay(Allowance allowance, int messages)
    {
        var paid = 0;
        for (var i = 0; i < messages; i++)
        {
            paid += allowance.TryPay(One, out _) ? 1 : 0;
        }

        return paid;
    }

    private RateLimits Create() => new(_options, _clock);
}
