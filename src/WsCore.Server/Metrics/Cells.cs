using System.Numerics;

namespace WsCore.Server.Metrics;

/// <summary>Numbers that many threads add to: a row for each processor, so that they do not pass one cache line around.</summary>
/// <param name="width">Numbers in a row.</param>
internal sealed class Cells(int width)
{
    private const int MostRows = 16;
    private const int LineOfNumbers = 16; // 128 bytes: processors fetch lines in pairs

    private static readonly int Rows = Math.Min(MostRows, (int)BitOperations.RoundUpToPowerOf2((uint)Environment.ProcessorCount));

    private readonly long[][] _rows = [.. Enumerable.Range(0, Rows).Select(_ => new long[width + LineOfNumbers])];

    /// <summary>The row to add to. Another thread may have the same, so adding is atomic.</summary>
    public long[] Mine => _rows[Thread.GetCurrentProcessorId() & (Rows - 1)];

    /// <summary>Adds to a place that holds the bits of a double.</summary>
    public static void Add(ref long bits, double value)
    {
        var seen = Volatile.Read(ref bits);
        while (true)
        {
            var before = Interlocked.CompareExchange(ref bits, BitConverter.DoubleToInt64Bits(BitConverter.Int64BitsToDouble(seen) + value), seen);
            if (before == seen)
            {
                return;
            }

            seen = before;
        }
    }

    public long Sum(int place)
    {
        long sum = 0;
        foreach (var row in _rows)
        {
            sum += Volatile.Read(ref row[place]);
        }

        return sum;
    }

    public double SumOfDoubles(int place)
    {
        double sum = 0;
        foreach (var row in _rows)
        {
            sum += BitConverter.Int64BitsToDouble(Volatile.Read(ref row[place]));
        }

        return sum;
    }
}
