using BenchmarkDotNet.Attributes;
using WsCore.Benchmarks.Running;
using WsCore.Limits;

namespace WsCore.Benchmarks;

/// <summary>What the limits of a connection add to each message. One operation pays for one message.</summary>
public class TokenBucketBenchmarks
{
    private static readonly RateCost Cost = RateCost.Of(10);

    private readonly BucketRate _rate = new(1000, 1000, TimeProvider.System.TimestampFrequency);
    private readonly long _step = TimeProvider.System.TimestampFrequency / 1000; // of a second in which one token comes back
    private readonly Allowance _unlimited = Enter(new LimitOptions { MessagesPerSecond = 0, BytesPerSecond = 0 });
    private readonly Allowance _ample = Enter(new LimitOptions { MessagesPerSecond = int.MaxValue, MessageBurst = int.MaxValue, BytesPerSecond = int.MaxValue, ByteBurst = int.MaxValue });
    private readonly Allowance _spent = Enter(new LimitOptions { MessagesPerSecond = 1, MessageBurst = 1, ByteBurst = 1_000, BytesPerSecond = 1_000 });
    private TokenBucket _bucket;
    private TokenBucket _empty;
    private long _now;

    /// <summary>Empties the bucket that refuses, and sees that it does.</summary>
    [GlobalSetup]
    public void SetUp()
    {
        if (!_empty.TryTake(1000, now: 0, _rate, out _) || _empty.TryTake(1, now: 0, _rate, out _))
        {
            throw new InvalidOperationException("The bucket is not what was thought.");
        }
    }

    [Benchmark(Description = "a bucket's arithmetic alone: a token is taken that has come back since")]
    public bool Take() => _bucket.TryTake(1, _now += _step, _rate, out _);

    [Adverse(nameof(Take))]
    [Benchmark(Description = "the same, always refused, with the time to wait")]
    public bool Refuse() => _empty.TryTake(1, now: 0, _rate, out _);

    [Benchmark(Description = "pay with all limits off")]
    public bool PayUnlimited() => _unlimited.TryPay(Cost, out _);

    [Benchmark(Description = "pay messages and bytes of the connection, the clock included, as by default")]
    public bool PayLimited() => _ample.TryPay(Cost, out _);

    /// <summary>But for one message a second, which is among millions.</summary>
    [Adverse(nameof(PayLimited))]
    [Benchmark(Description = "the same in a flood: always refused")]
    public bool PayRefused() => _spent.TryPay(Cost, out _);

    private static Allowance Enter(LimitOptions options) => new RateLimits(options, TimeProvider.System).Enter(user: null, address: null);
}
