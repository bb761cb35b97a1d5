using WsCore.Access;

namespace WsCore.Tests.Simulation;

/// <summary>An application that thinks about every message for a while.</summary>
internal sealed class SimulatedHooks(World world) : Hooks
{
    public override ValueTask BroadcastingAsync(BroadcastContext context, CancellationToken cancellation) => world.ThinkAsync();
}
