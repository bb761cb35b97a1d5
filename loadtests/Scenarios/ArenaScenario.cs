namespace WsCore.LoadTests.Scenarios;

/// <summary>One big room, in which some speak to all.</summary>
internal sealed class ArenaScenario(ScenarioContext context) : CrowdScenario(context)
{
    /// <inheritdoc/>
    protected override void Arrange() => AddRoom(Options.Connections, Math.Min(Options.Senders, Options.Connections));
}
