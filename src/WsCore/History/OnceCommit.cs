using WsCore.Reliability;

namespace WsCore.History;

/// <summary>The <c>once</c> of a request that appends: a store that keeps both remembers the answer in the same moment as the messages.</summary>
/// <remarks>Used by one thread at a time.</remarks>
/// <param name="key">Was claimed (<see cref="IDedupeStore.ClaimAsync"/>) and is not completed yet.</param>
/// <param name="claim">What the dedupe store gave the claim (<see cref="OnceClaim.Token"/>): an append whose claim has passed to another takes no effect.</param>
internal abstract class OnceCommit(OnceKey key, string claim)
{
    public OnceKey Key { get; } = key;

    public string Claim { get; } = claim;

    /// <summary>The store has completed the claim.</summary>
    public bool IsDone { get; set; }

    /// <summary>The answer in pieces, between which the messages' numbers stand: one more than there are messages; or a single piece, where the answer tells no number
    /// (whoever sends to another user learns none).</summary>
    /// <param name="epochs">The messages' epochs.</param>
    public abstract ReadOnlyMemory<byte>[] Answer(IReadOnlyList<string> epochs);
}
