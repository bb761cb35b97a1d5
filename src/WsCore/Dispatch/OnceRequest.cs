using WsCore.Access;
using WsCore.History;
using WsCore.Reliability;

namespace WsCore.Dispatch;

/// <summary>A request with <c>once</c> that is carried out: its claim, which an append may complete in the same moment.</summary>
/// <remarks>Used by one thread at a time.</remarks>
internal sealed class OnceRequest(OnceKey key, string claim)
{
    private AckCommit? _commit;

    /// <summary>The history store has completed the claim.</summary>
    public bool IsDone => _commit is { IsDone: true };

    /// <summary>What goes with the request's append; null where the dedupe store keeps its claims for itself.</summary>
    /// <param name="answer">Makes the answer, <see cref="OnceCommit.Answer"/>.</param>
    public OnceCommit? Commit(Func<IReadOnlyList<string>, ReadOnlyMemory<byte>[]> answer) =>
        claim.Length == 0 ? null : _commit = new AckCommit(key, claim, answer);

    /// <summary>The same for the answer to one message.</summary>
    /// <param name="additions">What hooks add to it.</param>
    /// <param name="withPosition">It tells the message's.</param>
    public OnceCommit? Commit(List<AckAddition>? additions, bool withPosition = true) =>
        Commit(epochs => withPosition ? OnceAnswer.Pieces(epochs[0], additions) : OnceAnswer.Pieces(Replies.Ack(default, additions)));

    private sealed class AckCommit(OnceKey key, string claim, Func<IReadOnlyList<string>, ReadOnlyMemory<byte>[]> answer) : OnceCommit(key, claim)
    {
        public override ReadOnlyMemory<byte>[] Answer(IReadOnlyList<string> epochs) => answer(epochs);
    }
}
