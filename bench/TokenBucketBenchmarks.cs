using BenchmarkDotNet.Attributes;
using WsCore.Limits;

namespace WsCore.Benchmarks;

/// <summary>What the limits add to each message.</summary>
public class TokenBucketBenchmarks
{
    private static readonly RateCost Cost = RateCost.Of(10);

    private readonly BucketRate _rate = new(1000, 1000, TimeProvider.System.TimestampFrequency);
    private readonly Allowance _unlimited = Enter(new LimitOptions { MessagesPerSecond = 0, BytesPerSecond = 0 });
    private readonly Allowance _ample = Enter(new LimitOptions { MessagesPerSecond = int.MaxValue, MessageBurst = int.MaxValue, BytesPerSecond = int.MaxValue, ByteBurst = int.MaxValue });
    private readonly Allowance _spent = Enter(new LimitOptions { MessagesPerSecond = 1, MessageBurst = 1 });
    private TokenBucket _bucket;
    private long _now;

    /// <summary>The arithmetic alone.</summary>
    [Benchmark(Baseline = true)]
    public bool Take() => _bucket.TryTake(1, _now += 1_000_000, _rate, out _);

    /// <summary>With all limits off.</summary>
    [Benchmark]
    public bool PayUnlimited() => _unlimited.TryPay(Cost, out _);

    /// <summary>As by default: messages and bytes of a connection, with the clock. The rates are such that nothing is refused.</summary>
    [Benchmark]
    public bool PayLimited() => _ample.TryPay(Cost, out _);

    /// <summary>What a flood gets.</summary>
    [Benchmark]
    public bool PayRefused() => _spent.TryPay(Cost, out _);

    private static Allowance Enter(LimitOptions options) => new RateLimits(options, TimeProvider.System).Enter(user: null, address: null);
}
