namespace WsCore.Protocol;

/// <summary>The <c>code</c> of an <c>error</c>, of a refused room in the <c>results</c> of an <c>ack</c>, and of <c>removed</c>.</summary>
public static class ErrorCodes
{
    /// <summary>The message is not one JSON value in UTF-8, or a binary message whose declared envelope does not fit into it.</summary>
    public const string ParseError = "parse_error";

    /// <summary>JSON, but against the rules of the protocol; the sentence names the field. Repeating it unchanged cannot help.</summary>
    public const string InvalidMessage = "invalid_message";

    /// <summary>The <c>type</c> is not one that this version serves.</summary>
    public const string UnknownType = "unknown_type";

    /// <summary>A <c>state</c>, or a payload given to the HTTP API, is over its limit.</summary>
    public const string TooLarge = "too_large";

    /// <summary>The connection sends more than its limit allows; <c>retryAfter</c> tells when to go on, in milliseconds.</summary>
    public const string RateLimited = "rate_limited";

    /// <summary>The request needs a user and the connection has none, or the token is not accepted.</summary>
    public const string Unauthenticated = "unauthenticated";

    /// <summary>The token was good once; a fresh one is needed.</summary>
    public const string TokenExpired = "token_expired";

    /// <summary>Known, and not allowed to do this.</summary>
    public const string Forbidden = "forbidden";

    /// <summary>The request is only for members of the room.</summary>
    public const string NotJoined = "not_joined";

    /// <summary>The connection is in as many rooms as it may be.</summary>
    public const string TooManyRooms = "too_many_rooms";

    /// <summary>There is nothing by that name: no such method, no such thing.</summary>
    public const string NotFound = "not_found";

    /// <summary>The idempotency key <c>once</c> was used before with another payload.</summary>
    public const string Conflict = "conflict";

    /// <summary>It is not known whether the request took effect: repeat it with the same <c>once</c>.</summary>
    public const string Unavailable = "unavailable";

    /// <summary>A fault of the server; its log tells more.</summary>
    public const string InternalError = "internal_error";
}
