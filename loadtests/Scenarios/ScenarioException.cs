namespace WsCore.LoadTests.Scenarios;

/// <summary>The scenario cannot be run here; with a sentence that says what to do.</summary>
internal sealed class ScenarioException(string message) : Exception(message);
