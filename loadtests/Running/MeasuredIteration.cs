using WsCore.LoadTests.Scenarios;

namespace WsCore.LoadTests.Running;

/// <summary>An iteration of our runner: what a step takes counts from the planned moment, so that a server, or a tester, that stalls cannot hide what waited meanwhile.</summary>
internal sealed class MeasuredIteration(long number, long intended, ScenarioContext context) : Iteration(number, intended)
{
    /// <inheritdoc/>
    public override async Task<bool> StepAsync(string name, Func<Task<string?>> run)
    {
        if (await run() is { } code)
        {
            context.Metrics.Errors.Add(code);
            return false;
        }

        context.Metrics.Step(name).Record(context.Clock.Micros - Intended);
        return true;
    }
}
