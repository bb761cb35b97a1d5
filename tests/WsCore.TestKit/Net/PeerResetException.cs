namespace WsCore.TestKit.Net;

/// <summary>The peer reset the connection (RST) instead of closing it (FIN).</summary>
internal sealed class PeerResetException(string message, Exception cause) : IOException(message, cause);
