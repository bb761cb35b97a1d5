using WsCore.LoadTests.Measuring;

namespace WsCore.LoadTests.Simulations;

/// <summary>Begins things at planned moments. What is late begins at once, and is not left out: the plan does not wait for whoever is slow.</summary>
internal static class ArrivalLoop
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1); // the finest that timers give
    private static readonly TimeSpan LongestPause = TimeSpan.FromMilliseconds(20); // how soon a stop is seen

    /// <summary>Calls for each arrival, in order, once it is due; ends with the last, or when it is cancelled.</summary>
    /// <param name="clock">The clock; moments count from now.</param>
    /// <param name="arrivals">The moments, in order.</param>
    /// <param name="begin">Gets the planned moment in microseconds of the clock. It must not wait.</param>
    /// <param name="cancellation">Ends it early, without an exception.</param>
    public static Task RunAsync(LoadClock clock, IEnumerable<TimeSpan> arrivals, Action<long> begin, CancellationToken cancellation) =>
        clock.IsReal && PrecisePause.IsSupported
            ? Task.Factory.StartNew(() => Run(clock, arrivals, begin, cancellation), CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default)
            : TickAsync(clock, arrivals, begin, cancellation);

    // A thread of its own: timers of the runtime come up to two milliseconds late, and then wait for the pool.
    private static void Run(LoadClock clock, IEnumerable<TimeSpan> arrivals, Action<long> begin, CancellationToken cancellation)
    {
        var start = clock.Micros;
        foreach (var arrival in arrivals)
        {
            var due = start + (long)arrival.TotalMicroseconds;
            for (var left = due - clock.Micros; left > 0 && !cancellation.IsCancellationRequested; left = due - clock.Micros)
            {
                PrecisePause.For(TimeSpan.FromMicroseconds(Math.Min(left, LongestPause.TotalMicroseconds)));
            }

            if (cancellation.IsCancellationRequested)
            {
                return;
            }

            begin(due);
        }
    }

    private static async Task TickAsync(LoadClock clock, IEnumerable<TimeSpan> arrivals, Action<long> begin, CancellationToken cancellation)
    {
        var start = clock.Micros;
        using var timer = new PeriodicTimer(Tick, clock.Time);
        try
        {
            foreach (var arrival in arrivals)
            {
                var due = start + (long)arrival.TotalMicroseconds;
                while (clock.Micros < due)
                {
                    await timer.WaitForNextTickAsync(cancellation);
                }

                cancellation.ThrowIfCancellationRequested();
                begin(due);
            }
        }
        catch (OperationCanceledException)
        {
            // ended early
        }
    }
}
