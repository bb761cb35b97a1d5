namespace WsCore.Client.Connections;

/// <summary>How a connection ended.</summary>
/// <param name="Code">Its close code; <see cref="None"/> where there was no close frame.</param>
/// <param name="Reason">For people.</param>
/// <param name="Error">What went wrong underneath, if anything.</param>
internal sealed record Closure(int Code, string Reason, Exception? Error = null)
{
    /// <summary>What a connection without a close frame is said to have ended with; it is never on the wire (RFC 6455, 7.4.1).</summary>
    public const int None = 1006;
}
