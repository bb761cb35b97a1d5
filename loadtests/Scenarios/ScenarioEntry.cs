namespace WsCore.LoadTests.Scenarios;

/// <summary>A scenario by name.</summary>
/// <param name="Name">On the command line.</param>
/// <param name="Description">What it does, in a sentence.</param>
/// <param name="Create">Makes it.</param>
/// <param name="Options">The names of the options that only some scenarios have.</param>
internal sealed record ScenarioEntry(string Name, string Description, Func<ScenarioContext, Scenario> Create, params string[] Options);
