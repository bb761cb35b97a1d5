namespace WsCore.Client;

/// <summary>The server refused a request. It had no effect, unless <see cref="Code"/> is <c>unavailable</c> or <c>internal_error</c>.</summary>
public sealed class RequestException : WsClientException
{
    internal RequestException(string code, string message, TimeSpan? retryAfter) : base(message)
    {
        Code = code;
        RetryAfter = retryAfter;
    }

    /// <summary>What programs look at: <c>not_joined</c>, <c>forbidden</c>, … (docs/protocol.md, Errors), or a code of the application's own.</summary>
    public string Code { get; }

    /// <summary>When the same may be sent again, where the server said so.</summary>
    public TimeSpan? RetryAfter { get; }
}
