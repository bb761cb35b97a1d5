using WsCore.Access;
using WsCore.Backplane;
using WsCore.Connections;
using WsCore.Protocol;

namespace WsCore.Dispatch;

/// <summary>Why a request, or its part for one room, is not done; <c>default</c> when it is.</summary>
internal readonly record struct Refusal(string? Code, string Message, long? RetryAfterMs = null)
{
    /// <summary>Why a message without a number is refused.</summary>
    public const string BusFullMessage = "Too many messages wait to be told to the other nodes; repeat this one later.";

    private const long BusRetryMs = 1000;

    public bool IsRefused => Code is not null;

    public static Refusal Forbidden(string message) => new(ErrorCodes.Forbidden, message);

    /// <summary>Nothing happened: a message without a number goes to nobody while the queue to the other nodes takes no more.</summary>
    public static Refusal BusIsFull() => new(ErrorCodes.Unavailable, BusFullMessage, BusRetryMs);

    /// <summary>Who is not in the room; but a connection that closes has left its rooms already, and what it asked for meanwhile may be asked for again on the next one.</summary>
    public static Refusal NotJoined(Connection connection, string message) => connection.IsClosing
        ? new(ErrorCodes.Unavailable, "The connection is closing; repeat this on the next one.", RetryAfterMs: 0)
        : new(ErrorCodes.NotJoined, message);

    /// <summary>With when to try again.</summary>
    public static Refusal Unavailable(UnavailableException exception) => new(ErrorCodes.Unavailable, exception.Message, (long)exception.RetryAfter.TotalMilliseconds);

    public static Refusal By(RefusableContext context) => new(context.RefusedCode, context.RefusedReason);
}
