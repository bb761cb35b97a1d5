using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Diagnostics;
using WsCore.Protocol;
using WsCore.Reliability;

namespace WsCore.Dispatch;

/// <summary>Carries a request with <c>once</c> out one time, however often it comes.</summary>
/// <remarks>Thread-safe. A repetition that comes while the first is at work waits for it, and so holds up its own connection only.</remarks>
internal sealed class OnceGuard(IDedupeStore store, Replies replies, WsCoreMetrics metrics)
{
    /// <summary>When to try again where the store is full: some of it will have been forgotten.</summary>
    private const long RetryAfterMs = 10_000;

    public async ValueTask RunAsync(Connection connection, Envelope envelope, IRepeatable command)
    {
        var key = new OnceKey(connection.User, System.Text.Encoding.UTF8.GetString(envelope.Once.Span));
        var claim = await store.ClaimAsync(key, Fingerprints.Of(envelope)).ConfigureAwait(false);
        switch (claim.Outcome)
        {
            case OnceOutcome.First:
                await CarryOutAsync(connection, envelope, command, key, claim.Token).ConfigureAwait(false);
                break;
            case OnceOutcome.Duplicate:
                metrics.Duplicate();
                if (!envelope.Id.IsEmpty)
                {
                    connection.Send(OnceAnswer.Repeat(envelope.Id.Span, claim.Answer.Span));
                }

                break;
            case OnceOutcome.Conflict:
                replies.Error(connection, envelope.Id.Span, ErrorCodes.Conflict, "'once' was used before for something else; give each request one of its own.");
                break;
            default:
                replies.Error(
                    connection, envelope.Id.Span, ErrorCodes.Unavailable, "The server remembers as many requests with 'once' as it may; repeat this one later.", RetryAfterMs);
                break;
        }
    }

    private async ValueTask CarryOutAsync(Connection connection, Envelope envelope, IRepeatable command, OnceKey key, string claim)
    {
        var once = new OnceRequest(key, claim);
        Frame? ack = null;
        try
        {
            ack = await command.CarryOutAsync(connection, envelope, once).ConfigureAwait(false);
        }
        finally
        {
            // What failed is not remembered: the application may have done it or not, and only repeating can tell. An append that may still come is given up with its
            // claim, which it carries: it has taken effect by now, and then the answer stays, or it never will.
            await (ack is null ? store.AbandonAsync(key)
                : once.IsDone ? store.SettledAsync(key, OnceAnswer.Of(ack, envelope.Id.Span))
                : store.CompleteAsync(key, OnceAnswer.Of(ack, envelope.Id.Span))).ConfigureAwait(false);
        }
    }
}
