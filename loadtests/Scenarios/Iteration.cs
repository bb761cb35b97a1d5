namespace WsCore.LoadTests.Scenarios;

/// <summary>One run through a scenario. Each runner makes its own: ours measures from the planned moment, NBomber's in its own way.</summary>
/// <param name="number">0, 1, 2 …, over all virtual users.</param>
/// <param name="intended">When it should have begun, in microseconds of the clock.</param>
internal abstract class Iteration(long number, long intended)
{
    public long Number => number;

    public long Intended => intended;

    /// <summary>Does a part of the iteration that is measured by itself; whether it went well.</summary>
    /// <param name="name">See <see cref="Measuring.StepNames"/>.</param>
    /// <param name="run">Returns null, or the code of what went wrong.</param>
    public abstract Task<bool> StepAsync(string name, Func<Task<string?>> run);
}
