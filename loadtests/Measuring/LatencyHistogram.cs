using System.Numerics;

namespace WsCore.LoadTests.Measuring;

/// <summary>
/// Counts durations in buckets that grow with the value: exact below 1,024 µs, above it never more than 0.2 % too high. Fixed memory, about 100 kB for each
/// processor that records.
/// </summary>
/// <remarks>
/// Any thread may record and any may read. Each processor has counts of its own, so that recording contends with nobody; the increment is atomic all the same, for a thread may
/// be moved to another processor in the middle of it. Threads would do as well as processors, but those of a pool come and go.
/// </remarks>
internal sealed class LatencyHistogram
{
    /// <summary>How many buckets there are.</summary>
    public const int Buckets = Linear + (Octaves * Half);

    /// <summary>What is longer counts as this: 2^32 µs, 71 minutes.</summary>
    public const long Highest = (1L << (10 + Octaves)) - 1;

    private const int Linear = 1024;
    private const int Half = Linear / 2;
    private const int Octaves = 22;

    private readonly long[]?[] _stripes = new long[Math.Max(1, Environment.ProcessorCount)][];

    /// <summary>Counts one.</summary>
    /// <param name="micros">In microseconds; negative ones count as 0.</param>
    public void Record(long micros)
    {
        var stripe = (int)((uint)Thread.GetCurrentProcessorId() % (uint)_stripes.Length);
        Interlocked.Increment(ref (_stripes[stripe] ?? Create(stripe))[IndexOf(micros)]);
    }

    /// <summary>What was counted until now.</summary>
    public HistogramSnapshot Snapshot()
    {
        var counts = new long[Buckets];
        foreach (var stripe in _stripes)
        {
            for (var i = 0; stripe is not null && i < stripe.Length; i++)
            {
                counts[i] += Volatile.Read(ref stripe[i]);
            }
        }

        return new HistogramSnapshot(counts);
    }

    /// <summary>The bucket of a value.</summary>
    public static int IndexOf(long micros)
    {
        var value = Math.Clamp(micros, 0, Highest);
        if (value < Linear)
        {
            return (int)value;
        }

        var shift = BitOperations.Log2((ulong)value) - 9; // so that what is left is 512 to 1,023
        return Linear + ((shift - 1) * Half) + (int)(value >> shift) - Half;
    }

    /// <summary>The highest value of a bucket.</summary>
    public static long HighestOf(int bucket)
    {
        if (bucket < Linear)
        {
            return bucket;
        }

        var shift = ((bucket - Linear) / Half) + 1;
        return ((((bucket - Linear) % Half) + Half + 1L) << shift) - 1;
    }

    private long[] Create(int stripe) => Interlocked.CompareExchange(ref _stripes[stripe], new long[Buckets], null) ?? _stripes[stripe]!;
}
