using FsCheck;
using FsCheck.Fluent;
using WsCore.LoadTests.Measuring;
using WsCore.TestKit.Time;

namespace WsCore.LoadTests.Tests.Measuring;

public sealed class LatencyHistogramTests
{
    private static readonly double[] Percents = [0, 1, 50, 75, 90, 99, 99.9, 100];

    [Fact]
    public void Percentile_AnyValues_IsTheExactOneOrAtMostAFifthOfAPercentHigher()
    {
        var values = Gen.OneOf(Gen.Choose(0, 2000), Gen.Choose(0, 1_000_000), Gen.Choose(0, int.MaxValue)).NonEmptyListOf();
        Prop.ForAll(values.ToArbitrary(), list =>
        {
            var histogram = new LatencyHistogram();
            list.ToList().ForEach(value => histogram.Record(value));
            var exact = list.Order().ToArray();
            var snapshot = histogram.Snapshot();
            return Percents.All(percent =>
            {
                var expected = exact[Math.Max(0, (int)Math.Ceiling((percent / 100 * exact.Length) - 1e-9) - 1)];
                var actual = snapshot.Percentile(percent);
                return actual >= expected && actual <= expected * 1.002;
            }) && snapshot.Max >= exact[^1] && snapshot.Max <= exact[^1] * 1.002 && snapshot.Count == exact.Length;
        }).QuickCheckThrowOnFailure();
    }

    [Fact]
    public void IndexOf_Borders_AreInTheBucketWhoseHighestTheyAreAndTheNextIsNot()
    {
        for (var bucket = 0; bucket < LatencyHistogram.Buckets - 1; bucket++)
        {
            var highest = LatencyHistogram.HighestOf(bucket);
            Assert.Equal(bucket, LatencyHistogram.IndexOf(highest));
            Assert.Equal(bucket + 1, LatencyHistogram.IndexOf(highest + 1));
        }
    }

    [Theory]
    [InlineData(-1, 0)]
    [InlineData(long.MinValue, 0)]
    [InlineData(long.MaxValue, LatencyHistogram.Highest)]
    public void Record_OutsideTheRange_CountsAtItsEnd(long value, long counted)
    {
        var histogram = new LatencyHistogram();
        histogram.Record(value);
        Assert.Equal(counted, histogram.Snapshot().Max);
    }

    [Fact]
    public async Task Record_ByManyThreads_LosesNone()
    {
        var histogram = new LatencyHistogram();
        await Parallel.ForAsync(0, 8, (thread, _) =>
        {
            for (var i = 0; i < 20_000; i++)
            {
                histogram.Record(i % 3000);
            }

            return ValueTask.CompletedTask;
        }).WithTimeout();
        Assert.Equal(160_000, histogram.Snapshot().Count);
    }

    [Fact]
    public void Since_AnEarlierOne_HasWhatCameAfter()
    {
        var histogram = new LatencyHistogram();
        histogram.Record(5);
        var earlier = histogram.Snapshot();
        histogram.Record(700);
        histogram.Record(900);

        var later = histogram.Snapshot().Since(earlier);

        Assert.Equal((2, 900, 700, 800), (later.Count, later.Max, later.Percentile(50), later.Mean));
        Assert.Equal(3, later.Plus(earlier).Count);
    }

    [Fact]
    public void Percentile_OfNothing_IsZero() => Assert.Equal((0L, 0L, 0.0), (HistogramSnapshot.Empty.Percentile(99), HistogramSnapshot.Empty.Max, HistogramSnapshot.Empty.Mean));
}
