namespace WsCore.LoadTests.Measuring;

/// <summary>A sum that many threads add to at once without contending for a cache line.</summary>
internal sealed class StripedCounter
{
    private const int Spacing = 16; // longs: two cache lines, for processors fetch them in pairs

    private readonly long[] _sums = new long[Math.Max(1, Environment.ProcessorCount) * Spacing];

    public long Value
    {
        get
        {
            var sum = 0L;
            for (var i = 0; i < _sums.Length; i += Spacing)
            {
                sum += Volatile.Read(ref _sums[i]);
            }

            return sum;
        }
    }

    public void Add(long amount)
    {
        var stripe = (int)((uint)Thread.GetCurrentProcessorId() % (uint)(_sums.Length / Spacing));
        Interlocked.Add(ref _sums[stripe * Spacing], amount);
    }
}
