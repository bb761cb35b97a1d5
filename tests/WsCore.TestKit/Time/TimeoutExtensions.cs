using System.Runtime.CompilerServices;

namespace WsCore.TestKit.Time;

/// <summary>A bound in real time for every await of a test.</summary>
internal static class TimeoutExtensions
{
    /// <summary>Long enough for a loaded machine with two cores, far shorter than the hang guard of the test run.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromSeconds(30);

    /// <summary>Waits for <paramref name="task"/> at most <paramref name="timeout"/> (30 s); the task itself goes on.</summary>
    /// <exception cref="TimeoutException">With the awaited expression, or <paramref name="what"/>, in its message.</exception>
    public static async Task WithTimeout(
        this Task task, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        var limit = timeout ?? Default;
        try
        {
            await task.WaitAsync(limit, TimeProvider.System);
        }
        catch (TimeoutException e) when (!task.IsCompleted)
        {
            throw Late(limit, what, e);
        }
    }

    /// <inheritdoc cref="WithTimeout(Task, TimeSpan?, string)"/>
    public static async Task<T> WithTimeout<T>(
        this Task<T> task, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(task))] string what = "")
    {
        var limit = timeout ?? Default;
        try
        {
            return await task.WaitAsync(limit, TimeProvider.System);
        }
        catch (TimeoutException e) when (!task.IsCompleted)
        {
            throw Late(limit, what, e);
        }
    }

    /// <inheritdoc cref="WithTimeout(Task, TimeSpan?, string)"/>
    public static Task WithTimeout(
        this ValueTask task, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(task))] string what = "") =>
        task.AsTask().WithTimeout(timeout, what);

    /// <inheritdoc cref="WithTimeout(Task, TimeSpan?, string)"/>
    public static Task<T> WithTimeout<T>(
        this ValueTask<T> task, TimeSpan? timeout = null, [CallerArgumentExpression(nameof(task))] string what = "") =>
        task.AsTask().WithTimeout(timeout, what);

    private static TimeoutException Late(TimeSpan limit, string what, TimeoutException cause) =>
        new($"Not done within {limit.TotalSeconds} s: {what}", cause);
}
