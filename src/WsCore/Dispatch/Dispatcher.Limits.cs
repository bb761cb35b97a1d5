using WsCore.Connections;
using WsCore.Framing;
using WsCore.Limits;
using WsCore.Protocol;

namespace WsCore.Dispatch;

/// <remarks>
/// A message is priced after it was parsed: its type decides the price, and a refusal carries its id. All limits are asked at once, and none is charged for what
/// another refuses.
/// </remarks>
internal sealed partial class Dispatcher
{
    /// <summary>Whether a control frame is within the limits; it is not answered where it is not.</summary>
    public bool Allows(Connection connection, in RateCost cost)
    {
        var allowed = connection.Allowance.TryPay(cost, out var verdict);
        if (!allowed)
        {
            Count(connection, verdict);
        }

        return allowed;
    }

    private void Refuse(Connection connection, ReadOnlySpan<byte> rawId, in RateVerdict verdict)
    {
        replies.Error(connection, rawId, ErrorCodes.RateLimited, SentenceOf(verdict), connection.Allowance.Milliseconds(verdict));
        Count(connection, verdict);
    }

    private void Count(Connection connection, in RateVerdict verdict)
    {
        metrics.RateLimited(verdict.Scope, verdict.Kind);
        if (connection.Allowance.IsTooMuch())
        {
            connection.Close(CloseCodes.RateLimited, $"{limits.ViolationsBeforeClose} messages over the rate limit within {ViolationWindow.Seconds} s.");
        }
    }

    private static string SentenceOf(in RateVerdict verdict) => (verdict.Scope, verdict.Kind) switch
    {
        (RateScope.Connection, RateKind.Messages) => "The connection sends more messages than it may; send this one again after 'retryAfter' milliseconds.",
        (RateScope.Connection, _) => "The connection sends more bytes than it may; send this message again after 'retryAfter' milliseconds.",
        (RateScope.User, RateKind.Messages) => "The connections of this user send more messages than they may; send this one again after 'retryAfter' milliseconds.",
        (RateScope.User, _) => "The connections of this user send more bytes than they may; send this message again after 'retryAfter' milliseconds.",
        (_, RateKind.Messages) => "The connections from this address send more messages than they may; send this one again after 'retryAfter' milliseconds.",
        _ => "The connections from this address send more bytes than they may; send this message again after 'retryAfter' milliseconds.",
    };
}
