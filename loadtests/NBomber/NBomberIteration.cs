using NBomber.Contracts;
using NBomber.CSharp;
using WsCore.LoadTests.Scenarios;

namespace WsCore.NBomberHost;

/// <summary>An iteration that NBomber begins and measures. It tells no planned moment, so latencies count from where it really began.</summary>
internal sealed class NBomberIteration(long number, ScenarioContext context, IScenarioContext scenario) : Iteration(number, context.Clock.Micros)
{
    /// <summary>What went wrong; null where nothing did.</summary>
    public string? Failure { get; private set; }

    /// <inheritdoc/>
    public override async Task<bool> StepAsync(string name, Func<Task<string?>> run)
    {
        var response = await Step.Run(name, scenario, async () =>
        {
            if (await run() is not { } code)
            {
                context.Metrics.Step(name).Record(context.Clock.Micros - Intended);
                return Response.Ok();
            }

            Failure = code;
            context.Metrics.Errors.Add(code);
            return Response.Fail(statusCode: code);
        });
        return !response.IsError;
    }
}
