using WsCore.Access;
using WsCore.Backplane;
using WsCore.Protocol;

namespace WsCore.Dispatch;

/// <summary>Why a request, or its part for one room, is not done; <c>default</c> when it is.</summary>
internal readonly record struct Refusal(string? Code, string Message, long? RetryAfterMs = null)
{
    public bool IsRefused => Code is not null;

    public static Refusal Forbidden(string message) => new(ErrorCodes.Forbidden, message);

    /// <summary>With when to try again.</summary>
    public static Refusal Unavailable(UnavailableException exception) => new(ErrorCodes.Unavailable, exception.Message, (long)exception.RetryAfter.TotalMilliseconds);

    public static Refusal By(RefusableContext context) => new(context.RefusedCode, context.RefusedReason);
}
