namespace WsCore.Client;

/// <summary>
/// The connection ended and the client does not come back by itself; or it ended before a request was answered that may not be repeated,
/// of which it is then not known whether it took effect.
/// </summary>
public sealed class ConnectionClosedException : WsClientException
{
    internal ConnectionClosedException(int closeCode, string message, Exception? inner = null) : base(message, inner) => CloseCode = closeCode;

    /// <summary>The close code (docs/protocol.md, Close codes); 1006 where there was no close frame.</summary>
    public int CloseCode { get; }
}
