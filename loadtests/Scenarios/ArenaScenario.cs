namespace WsCore.LoadTests.Scenarios;

/// <summary>One big room, in which some speak to all.</summary>
internal sealed class ArenaScenario(ScenarioContext context) : CrowdScenario(context)
{
    /// <inheritdoc/>
    public override Task RunAsync(Iteration iteration, CancellationToken cancellation)
    {
        var (room, sender) = Choose(iteration.Number);
        return PublishAsync(sender, iteration, payload => sender.Peer.BroadcastAsync(room.Name, payload, reliable: false, cancellation));
    }

    /// <inheritdoc/>
    protected override void Arrange() => AddRoom(Options.Connections, Math.Min(Options.Senders, Options.Connections));
}
