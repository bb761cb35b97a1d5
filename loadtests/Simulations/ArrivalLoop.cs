using WsCore.LoadTests.Measuring;

namespace WsCore.LoadTests.Simulations;

/// <summary>Begins things at planned moments. What is late begins at once, and is not left out: the plan does not wait for whoever is slow.</summary>
internal static class ArrivalLoop
{
    private static readonly TimeSpan Tick = TimeSpan.FromMilliseconds(1); // the finest that the system's timers give

    /// <summary>Calls for each arrival, in order, once it is due; ends with the last, or when it is cancelled.</summary>
    /// <param name="clock">The clock; moments count from now.</param>
    /// <param name="arrivals">The moments, in order.</param>
    /// <param name="begin">Gets the planned moment in microseconds of the clock. It must not wait.</param>
    /// <param name="cancellation">Ends it early, without an exception.</param>
    public static async Task RunAsync(LoadClock clock, IEnumerable<TimeSpan> arrivals, Action<long> begin, CancellationToken cancellation)
    {
        var start = clock.Micros;
        using var timer = new PeriodicTimer(Tick, clock.Time);
        foreach (var arrival in arrivals)
        {
            var due = start + (long)arrival.TotalMicroseconds;
            while (clock.Micros < due)
            {
                if (cancellation.IsCancellationRequested || !await TickAsync(timer, cancellation))
                {
                    return;
                }
            }

            if (cancellation.IsCancellationRequested)
            {
                return;
            }

            begin(due);
        }
    }

    private static async ValueTask<bool> TickAsync(PeriodicTimer timer, CancellationToken cancellation)
    {
        try
        {
            return await timer.WaitForNextTickAsync(cancellation);
        }
        catch (OperationCanceledException)
        {
            return false;
        }
    }
}
