using System.Runtime.CompilerServices;

namespace WsCore.TestKit.Time;

/// <summary>
/// Waiting for a condition in real time: the one place where tests poll. The time-out only bounds a failure, a
/// condition that holds is noticed within milliseconds.
/// </summary>
internal static class Eventually
{
    private const int Yields = 100;

    private static readonly TimeSpan PollInterval = TimeSpan.FromMilliseconds(2);

    private static readonly TimeSpan AskInterval = TimeSpan.FromMilliseconds(20);

    /// <summary>
    /// Returns once <paramref name="condition"/> holds. It is called on the caller's context or the pool, never
    /// concurrently; an exception of it ends the wait.
    /// </summary>
    /// <param name="condition">Cheap, without effects, safe against what runs meanwhile.</param>
    /// <param name="what">What was waited for, for the failure's message; the condition's own text when not given.</param>
    /// <param name="timeout">30 s when not given.</param>
    /// <exception cref="TimeoutException">It did not hold in time.</exception>
    public static async Task Is(
        Func<bool> condition,
        [CallerArgumentExpression(nameof(condition))] string what = "",
        TimeSpan? timeout = null)
    {
        for (var i = 0; i < Yields; i++)
        {
            if (condition())
            {
                return;
            }

            await Task.Yield();
        }

        var limit = timeout ?? TimeoutExtensions.Default;
        var start = TimeProvider.System.GetTimestamp();
        using var poll = new PeriodicTimer(PollInterval, TimeProvider.System);
        while (!condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException($"Not within {limit.TotalSeconds} s: {what}");
            }

            await poll.WaitForNextTickAsync();
        }
    }

    /// <summary>
    /// As <see cref="Is"/>, for a condition that has to ask somebody: it is asked every 20 ms, and the next time only when it has answered.
    /// </summary>
    public static async Task IsAsync(
        Func<Task<bool>> condition,
        [CallerArgumentExpression(nameof(condition))] string what = "",
        TimeSpan? timeout = null)
    {
        var limit = timeout ?? TimeoutExtensions.Default;
        var start = TimeProvider.System.GetTimestamp();
        using var poll = new PeriodicTimer(AskInterval, TimeProvider.System);
        while (!await condition())
        {
            if (TimeProvider.System.GetElapsedTime(start) > limit)
            {
                throw new TimeoutException($"Not within {limit.TotalSeconds} s: {what}");
            }

            await poll.WaitForNextTickAsync();
        }
    }

    /// <summary>As <see cref="Is"/>, for equality: the failure's message tells the last value seen.</summary>
    public static async Task Equal<T>(
        T expected,
        Func<T> actual,
        [CallerArgumentExpression(nameof(actual))] string what = "",
        TimeSpan? timeout = null)
    {
        var last = default(T);
        try
        {
            await Is(() => EqualityComparer<T>.Default.Equals(expected, last = actual()), what, timeout);
        }
        catch (TimeoutException e)
        {
            throw new TimeoutException($"{e.Message}: expected {expected}, last seen {last}", e);
        }
    }
}
