using WsCore.Heartbeat;
using WsCore.Reliability;

namespace WsCore.Tests.Simulation;

/// <summary>The store in memory, which may answer later, and never within a step of somebody else.</summary>
internal sealed class SimulatedDedupe(MemoryDedupeStore inner, World world) : IDedupeStore, ITicked
{
    public MemoryDedupeStore Inner { get; } = inner;

    public async ValueTask<OnceClaim> ClaimAsync(OnceKey key, Fingerprint fingerprint)
    {
        await world.PauseAsync().ConfigureAwait(false);
        var claiming = Inner.ClaimAsync(key, fingerprint).AsTask();
        if (!claiming.IsCompleted)
        {
            world.Count("claims that waited");
            var woken = new TaskCompletionSource();
            world.Steps.When(claiming, StepKind.Store, 0, woken.SetResult);
            await woken.Task.ConfigureAwait(false);
        }

        return await claiming.ConfigureAwait(false);
    }

    public async ValueTask CompleteAsync(OnceKey key, ReadOnlyMemory<byte> answer)
    {
        await world.PauseAsync().ConfigureAwait(false);
        await Inner.CompleteAsync(key, answer).ConfigureAwait(false);
    }

    public async ValueTask AbandonAsync(OnceKey key)
    {
        await world.PauseAsync().ConfigureAwait(false);
        await Inner.AbandonAsync(key).ConfigureAwait(false);
        world.Count("claims abandoned");
    }

    public void Tick() => Inner.Tick();
}
