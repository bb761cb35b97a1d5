namespace WsCore.TestKit.Measure;

/// <summary>Counts what the calling thread allocates.</summary>
internal static class Allocations
{
    private const int Windows = 5;

    /// <summary>The least bytes that one of several rounds of an action allocates, after a warm-up.</summary>
    /// <remarks>The least, because now and then a round pays for something else: a collection that trims the shared pool, a method that is compiled again.</remarks>
    public static long Least(int rounds, Action action)
    {
        Run(rounds, action);
        var least = long.MaxValue;
        for (var window = 0; window < Windows; window++)
        {
            var before = GC.GetAllocatedBytesForCurrentThread();
            Run(rounds, action);
            least = Math.Min(least, GC.GetAllocatedBytesForCurrentThread() - before);
        }

        return least;
    }

    private static void Run(int rounds, Action action)
    {
        for (var i = 0; i < rounds; i++)
        {
            action();
        }
    }
}
