using System.Net;
using WsCore.TestKit.Time;

namespace WsCore.TestKit.Net;

/// <summary>How a <see cref="RawWebSocket"/> connects; by default like a browser without subprotocol and extensions.</summary>
internal sealed class RawWebSocketOptions
{
    /// <summary><c>Sec-WebSocket-Protocol</c>, as it shall stand there.</summary>
    public string? Subprotocols { get; init; }

    /// <summary><c>Sec-WebSocket-Extensions</c>, as it shall stand there.</summary>
    public string? Extensions { get; init; }

    /// <summary>Further headers; one that the handshake has anyway is replaced, with null left out.</summary>
    public IReadOnlyList<KeyValuePair<string, string?>> Headers { get; init; } = [];

    /// <summary>SO_RCVBUF, set before connecting, so that the window stays small; the system may double it.</summary>
    public int? ReceiveBuffer { get; init; }

    /// <summary>The address it connects from, any of 127.0.0.0/8 for one; the system's choice when not given.</summary>
    public IPAddress? From { get; init; }

    /// <summary>Bytes that leave in the same write as the request.</summary>
    public ReadOnlyMemory<byte> WithHandshake { get; init; }

    /// <summary>Whether receiving a message answers the pings it meets (RFC 6455 §5.5.2).</summary>
    public bool AnswerPings { get; init; } = true;

    /// <summary>For each read and write.</summary>
    public TimeSpan Timeout { get; init; } = TimeoutExtensions.Default;
}
