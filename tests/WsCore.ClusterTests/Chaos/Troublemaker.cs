using System.Globalization;
using WsCore.ClusterTests.Checking;

namespace WsCore.ClusterTests.Chaos;

/// <summary>What those who make trouble have in common: chances from a seed, a pace, and a log of what was done when.</summary>
/// <remarks>Each runs one loop; what it did last is undone before <see cref="RunAsync"/> returns.</remarks>
internal abstract class Troublemaker(HistoryChecker checker, Random random, List<string> log)
{
    private readonly long _start = TimeProvider.System.GetTimestamp();

    protected HistoryChecker Checker => checker;

    protected Random Random => random;

    /// <summary>Makes trouble, one after the other, until it is stopped.</summary>
    public async Task RunAsync(CancellationToken stop)
    {
        while (!stop.IsCancellationRequested)
        {
            await Pace.WaitAsync(Between(0.5, LongestPeace.TotalSeconds), stop);
            try
            {
                await TroubleAsync(stop);
            }
            catch (Exception e) when (e is TimeoutException or InvalidOperationException)
            {
                checker.Report(ViolationKind.Unsettled, $"{GetType().Name}: {e.Message}");
            }
        }
    }

    /// <summary>How long it may leave the servers alone, for something to be said.</summary>
    protected abstract TimeSpan LongestPeace { get; }

    /// <summary>One trouble, and its end.</summary>
    protected abstract Task TroubleAsync(CancellationToken stop);

    protected TimeSpan Between(double least, double most) => TimeSpan.FromSeconds(least + (random.NextDouble() * (most - least)));

    protected void Log(string text)
    {
        lock (log)
        {
            log.Add(string.Create(CultureInfo.InvariantCulture, $"{TimeProvider.System.GetElapsedTime(_start).TotalSeconds:0.000} {text}"));
        }
    }
}
