using System.Runtime.InteropServices;

namespace WsCore.LoadTests.Simulations;

/// <summary>
/// Pauses a thread for less than a millisecond, by the kernel's own timer: a schedule of some thousand messages a second needs it, and what the runtime has is coarser
/// (docs/decisions/0024). Only for the real clock.
/// </summary>
internal static class PrecisePause
{
    private const int Monotonic = 1; // CLOCK_MONOTONIC, clock_gettime(2)

    /// <summary>Linux on 64 bits: what the layout below is for.</summary>
    public static bool IsSupported { get; } = OperatingSystem.IsLinux() && Environment.Is64BitProcess;

    /// <summary>Returns after the time, some 60 µs later, or earlier when a signal comes.</summary>
    public static void For(TimeSpan time)
    {
        var request = new TimeSpec { Seconds = (long)time.TotalSeconds, Nanoseconds = time.Ticks % TimeSpan.TicksPerSecond * 100 };
        _ = Sleep(Monotonic, 0, in request, IntPtr.Zero);
    }

    [DllImport("libc", EntryPoint = "clock_nanosleep")]
    private static extern int Sleep(int clock, int flags, in TimeSpec request, IntPtr remaining);

    [StructLayout(LayoutKind.Sequential)]
    private struct TimeSpec
    {
        public long Seconds;
        public long Nanoseconds;
    }
}
