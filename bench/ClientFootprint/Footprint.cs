using System.Diagnostics;
using System.Reflection;

namespace WsCore.ClientFootprint;

/// <summary>What this process has at a moment, after everything that is garbage is gone.</summary>
/// <param name="Heap">Bytes of managed objects that live.</param>
/// <param name="Resident">Bytes of memory that the system counts for the process.</param>
/// <param name="Methods">Async methods that are under way, as a debugger counts them; 0 where they are not counted.</param>
/// <param name="Timers">Timers that are there, armed or not, of those that clients made; 0 where they are not counted.</param>
internal readonly record struct Footprint(long Heap, long Resident, int Methods, int Timers)
{
    private static readonly FieldInfo? AreCounted = typeof(Task).GetField("s_asyncDebuggingEnabled", BindingFlags.NonPublic | BindingFlags.Static);
    private static readonly FieldInfo? Counted = typeof(Task).GetField("s_currentActiveTasks", BindingFlags.NonPublic | BindingFlags.Static);

    /// <summary>From now on async methods are counted, which costs memory: not together with what is to be weighed.</summary>
    public static void CountMethods() => (AreCounted ?? throw new NotSupportedException("This runtime does not count its async methods.")).SetValue(null, true);

    public static Footprint Take(CountingTimeProvider? time = null)
    {
        for (var i = 0; i < 3; i++)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive, blocking: true, compacting: true);
            GC.WaitForPendingFinalizers();
        }

        using var process = Process.GetCurrentProcess();
        var counted = Counted?.GetValue(null) as Dictionary<int, Task>;
        var methods = 0;
        if (counted is not null)
        {
            lock (counted)
            {
                methods = counted.Values.Count(task => !task.IsCompleted);
            }
        }

        return new Footprint(GC.GetTotalMemory(forceFullCollection: false), process.WorkingSet64, methods, time?.Timers ?? 0);
    }
}
