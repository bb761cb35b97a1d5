namespace WsCore.LoadTests.Scenarios;

/// <summary>Many small rooms, in which everybody speaks in turn.</summary>
internal sealed class ChatScenario(ScenarioContext context) : CrowdScenario(context)
{
    /// <inheritdoc/>
    public override Task RunAsync(Iteration iteration, CancellationToken cancellation)
    {
        var (room, sender) = Choose(iteration.Number);
        return PublishAsync(sender, iteration, payload => sender.Peer.BroadcastAsync(room.Name, payload, reliable: false, cancellation));
    }

    /// <inheritdoc/>
    protected override void Arrange() => AddRooms(defaultSize: 10);
}
