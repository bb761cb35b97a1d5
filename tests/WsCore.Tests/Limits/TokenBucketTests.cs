using System.Numerics;
using System.Runtime.CompilerServices;
using WsCore.Limits;
using WsCore.TestKit.Measure;
using WsCore.TestKit.Randomness;
using Xunit.Abstractions;

namespace WsCore.Tests.Limits;

/// <summary>A bucket beside arithmetic that has no bounds and no rounding.</summary>
public sealed class TokenBucketTests(ITestOutputHelper output)
{
    private const long Frequency = 1_000_000_000;
    private const long Millisecond = Frequency / 1000;

    [Fact]
    public void State_Is16BytesAtMost() => Assert.InRange(Unsafe.SizeOf<TokenBucket>(), 1, 16);

    [Theory]
    [InlineData(50, 100, 0, 100)] // the burst
    [InlineData(50, 100, 19, 100)] // 20 ms a token
    [InlineData(50, 100, 20, 101)]
    [InlineData(50, 100, 1000, 150)]
    [InlineData(50, 100, 1999, 199)]
    [InlineData(50, 100, 2000, 200)] // full again
    [InlineData(50, 100, 1_000_000_000, 200)] // and no fuller after days
    [InlineData(1, 1, 999, 1)]
    [InlineData(1, 1, 1000, 2)]
    [InlineData(1_000_000, 1, 1, 2)] // refills in a microsecond, and holds one
    public void TryTake_BurstThenPause_TakesWhatCameBack(long perSecond, long burst, long pause, int taken)
    {
        var rate = new BucketRate(perSecond, burst, Frequency);
        var bucket = default(TokenBucket);
        var count = TakeAll(ref bucket, 12345, rate);
        Assert.Equal(burst, count);
        count += TakeAll(ref bucket, 12345 + (pause * Millisecond), rate);
        Assert.Equal(taken, count);
    }

    [Fact]
    public void TryTake_Refused_TellsTheFirstTickAtWhichItSucceeds()
    {
        var rate = new BucketRate(3, 5, Frequency);
        var bucket = default(TokenBucket);
        Assert.Equal(5, TakeAll(ref bucket, 0, rate));

        Assert.False(bucket.TryTake(1, 0, rate, out var wait));
        Assert.Equal(333_333_334, wait);
        Assert.False(bucket.TryTake(1, wait - 1, rate, out var last));
        Assert.Equal(1, last);
        Assert.True(bucket.TryTake(1, wait, rate, out last));
        Assert.Equal(0, last);
    }

    [Fact]
    public void TryTake_Refused_LeavesNoDebt()
    {
        var rate = new BucketRate(10, 1, Frequency);
        var bucket = default(TokenBucket);
        Assert.True(bucket.TryTake(1, 0, rate, out _));
        for (var i = 0; i < 1000; i++)
        {
            Assert.False(bucket.TryTake(1, i, rate, out _));
        }

        Assert.True(bucket.TryTake(1, 100 * Millisecond, rate, out _));
    }

    [Fact]
    public void TryTake_MoreThanTheBurst_CostsTheBurst()
    {
        var rate = new BucketRate(10, 5, Frequency);
        var bucket = default(TokenBucket);
        Assert.True(bucket.TryTake(int.MaxValue, 0, rate, out _));
        Assert.False(bucket.TryTake(int.MaxValue, 0, rate, out var wait));
        Assert.Equal(Frequency / 2, wait);
    }

    [Fact]
    public void TryTake_Unlimited_NeverRefuses()
    {
        var rate = new BucketRate(0, 1, Frequency);
        var bucket = default(TokenBucket);
        for (var i = 0; i < 1000; i++)
        {
            Assert.True(bucket.TryTake(int.MaxValue, 0, rate, out _));
        }

        Assert.Equal(0, bucket.TicksUntilFull(0, rate));
    }

    [Theory]
    [InlineData(0, 0)] // stands still
    [InlineData(0, -5)] // goes back
    [InlineData(long.MaxValue, long.MinValue)]
    [InlineData(-7, -7)]
    public void TryTake_ClockGivesNoTime_GivesNoTokens(long first, long then)
    {
        var rate = new BucketRate(1_000_000, 10, Frequency);
        var bucket = default(TokenBucket);
        Assert.Equal(10, TakeAll(ref bucket, first, rate));
        Assert.Equal(0, TakeAll(ref bucket, then, rate));
        Assert.False(bucket.TryTake(1, then, rate, out var wait));
        Assert.Equal(1000, wait);
    }

    [Fact]
    public void TryTake_ClockBeginsBelowZero_RefillsAllTheSame()
    {
        var rate = new BucketRate(10, 5, Frequency);
        var bucket = default(TokenBucket);
        Assert.Equal(5, TakeAll(ref bucket, -100 * Frequency, rate));
        Assert.Equal(1, TakeAll(ref bucket, (-100 * Frequency) + (100 * Millisecond), rate));
    }

    [Theory]
    [InlineData(0, long.MaxValue)]
    [InlineData(long.MinValue, long.MaxValue)] // further than the signed difference goes
    [InlineData(-1, long.MaxValue)]
    public void TryTake_ClockJumpsFarAhead_IsFullAndNoFuller(long first, long then)
    {
        foreach (var (perSecond, burst) in ((long, long)[])[(1, 1 << 20), (1 << 30, 1L << 32), (1_000_000, 100)])
        {
            var rate = new BucketRate(perSecond, burst, Frequency);
            var bucket = default(TokenBucket);
            Assert.True(bucket.TryTake(burst, first, rate, out _));
            Assert.True(bucket.TryTake(burst, then, rate, out _));
            Assert.False(bucket.TryTake(1, then, rate, out _));
        }
    }

    [Fact]
    public void TryTake_AnyTimesAndCosts_AgreesWithExactArithmetic()
    {
        output.WriteLine($"seed {TestSeed.Value}");
        var random = TestSeed.CreateRandom();
        for (var run = 0; run < 300; run++)
        {
            long frequency = random.Next(4) switch { 0 => 1_234_567_891, 1 => 10_000_000, 2 => random.NextInt64(1, 100), _ => Frequency };
            var perSecond = RandomSize(random, 1 << 30);
            var burst = RandomSize(random, 1L << 32);
            var rate = new BucketRate(perSecond, burst, frequency);
            var bucket = default(TokenBucket);
            var now = random.NextInt64(1L << 60);
            BigInteger full = (BigInteger)burst * frequency;
            var level = full; // in tokens per frequency
            for (var step = 0; step < 300; step++)
            {
                var elapsed = random.Next(3) == 0 ? 0 : RandomSize(random, 1L << random.Next(1, 50));
                now += elapsed;
                level = BigInteger.Min(full, level + ((BigInteger)elapsed * perSecond));
                var tokens = RandomSize(random, Math.Min(burst, int.MaxValue));
                var missing = ((BigInteger)tokens * frequency) - level;
                var took = bucket.TryTake(tokens, now, rate, out var wait);

                var where = $"seed {TestSeed.Value}, run {run}, step {step}";
                Assert.True(took == (missing <= 0), where);
                if (took)
                {
                    level -= (BigInteger)tokens * frequency;
                    Assert.True(wait == 0, where);
                }
                else
                {
                    Assert.True(wait == (missing + perSecond - 1) / perSecond, where);
                }

                Assert.True(bucket.TicksUntilFull(now, rate) == (full - level + perSecond - 1) / perSecond, where);
            }
        }
    }

    [Fact]
    public void TryTake_AskedAtOddMomentsForHours_LosesNoFraction()
    {
        output.WriteLine($"seed {TestSeed.Value}");
        var random = TestSeed.CreateRandom();
        const long Odd = 1_234_567_891;
        var rate = new BucketRate(7, 3, Odd);
        var bucket = default(TokenBucket);
        var (start, now, taken) = (random.NextInt64(1L << 60), 0L, 0L);
        while (now < 3600 * Odd)
        {
            now += random.NextInt64(1, Odd / 20); // twice between two tokens, at least
            taken += bucket.TryTake(1, start + now, rate, out _) ? 1 : 0;
        }

        var possible = 3 + (long)((BigInteger)now * 7 / Odd);
        Assert.InRange(taken, possible - 1, possible);
    }

    [Fact]
    public void TryTake_AMillionTimes_AllocatesNothing()
    {
        var rate = new BucketRate(1000, 1000, Frequency);
        var (bucket, now, taken) = (default(TokenBucket), 0L, 0L);
        Assert.Equal(0, Allocations.Least(1_000_000, () => taken += bucket.TryTake(1, now += 500_000, rate, out _) ? 1 : 0));
        Assert.True(taken > 1_000_000);
    }

    private static long RandomSize(Random random, long most) => Math.Clamp((long)Math.Pow(2, random.NextDouble() * Math.Log2(most + 1)), 1, most);

    private static int TakeAll(ref TokenBucket bucket, long now, BucketRate rate)
    {
        var count = 0;
        while (bucket.TryTake(1, now, rate, out _))
        {
            count++;
        }

        return count;
    }
}
