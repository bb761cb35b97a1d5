namespace WsCore.LoadTests.Scenarios;

/// <summary>Many small rooms, in which everybody speaks in turn.</summary>
internal sealed class ChatScenario(ScenarioContext context) : CrowdScenario(context)
{
    /// <inheritdoc/>
    protected override void Arrange() => AddRooms(defaultSize: 10);
}
