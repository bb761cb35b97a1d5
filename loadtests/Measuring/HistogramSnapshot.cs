namespace WsCore.LoadTests.Measuring;

/// <summary>The counts of a <see cref="LatencyHistogram"/> at a moment. Immutable. All values are microseconds.</summary>
internal sealed class HistogramSnapshot
{
    private readonly long[] _counts;

    public HistogramSnapshot(long[] counts)
    {
        _counts = counts;
        foreach (var count in counts)
        {
            Count += count;
        }
    }

    public static HistogramSnapshot Empty { get; } = new(new long[LatencyHistogram.Buckets]);

    /// <summary>How many were counted.</summary>
    public long Count { get; }

    /// <summary>The highest of them, or 0.</summary>
    public long Max => Count == 0 ? 0 : LatencyHistogram.HighestOf(Array.FindLastIndex(_counts, count => count > 0));

    /// <summary>Their mean, or 0.</summary>
    public double Mean
    {
        get
        {
            var sum = 0.0;
            for (var i = 0; i < _counts.Length; i++)
            {
                sum += _counts[i] == 0 ? 0 : (double)_counts[i] * LatencyHistogram.HighestOf(i);
            }

            return Count == 0 ? 0 : sum / Count;
        }
    }

    /// <summary>The value that so many of a hundred do not exceed, or 0 where there are none.</summary>
    /// <param name="percent">0 to 100.</param>
    public long Percentile(double percent)
    {
        // A billionth less, so that 99.9 % of 1,000 is the 999th and not, for rounding, the 1,000th.
        var rank = Math.Clamp((long)Math.Ceiling((percent / 100 * Count) - 1e-9), 1, Math.Max(1, Count));
        var seen = 0L;
        for (var i = 0; i < _counts.Length; i++)
        {
            seen += _counts[i];
            if (seen >= rank)
            {
                return LatencyHistogram.HighestOf(i);
            }
        }

        return 0;
    }

    /// <summary>Both together.</summary>
    public HistogramSnapshot Plus(HistogramSnapshot other) => Combine(other, 1);

    /// <summary>What came after an earlier one of the same histogram.</summary>
    public HistogramSnapshot Since(HistogramSnapshot earlier) => Combine(earlier, -1);

    private HistogramSnapshot Combine(HistogramSnapshot other, int sign)
    {
        var counts = (long[])_counts.Clone();
        for (var i = 0; i < counts.Length; i++)
        {
            counts[i] += sign * other._counts[i];
        }

        return new HistogramSnapshot(counts);
    }
}
