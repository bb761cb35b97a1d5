namespace WsCore.ClusterTests.Chaos;

/// <summary>
/// Real time that passes: how long a server is left hung, how long a client waits before it comes back. It is the one thing in the tests that waits for
/// time and not for a condition, for here time is what is done to the servers; no test's outcome is read off it.
/// </summary>
internal static class Pace
{
    /// <summary>Waits, unless it is stopped before; it does not throw then.</summary>
    public static async Task WaitAsync(TimeSpan time, CancellationToken stop = default)
    {
        using var timer = new PeriodicTimer(time < Shortest ? Shortest : time, TimeProvider.System);
        try
        {
            await timer.WaitForNextTickAsync(stop);
        }
        catch (OperationCanceledException)
        {
        }
    }

    private static TimeSpan Shortest => TimeSpan.FromMilliseconds(1);
}
