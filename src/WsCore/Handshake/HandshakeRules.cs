using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Primitives;
using Microsoft.Net.Http.Headers;

namespace WsCore.Handshake;

/// <summary>Decides whether a request is a handshake that this server takes (RFC 6455 4.2.1).</summary>
/// <remarks>Immutable. The platform checks much of this too, but answers without a word; a developer should read what is wrong.</remarks>
internal sealed class HandshakeRules(OriginRules origins)
{
    /// <summary>The subprotocol of this server.</summary>
    public const string Subprotocol = "wscore.v1";

    public HandshakeAnswer Check(HttpRequest request)
    {
        if (!HttpMethods.IsGet(request.Method))
        {
            return HandshakeAnswer.Refuse(400, "This is a WebSocket end point: a handshake is a GET request.");
        }

        if (HttpProtocol.IsHttp10(request.Protocol))
        {
            return HandshakeAnswer.Refuse(400, "This is a WebSocket end point: a handshake needs HTTP/1.1, not HTTP/1.0.");
        }

        if (!HttpProtocol.IsHttp11(request.Protocol))
        {
            return HandshakeAnswer.Refuse(400, "This is a WebSocket end point: this version takes handshakes over HTTP/1.1 only.");
        }

        if (!HeaderTokens.Contain(request.Headers.Connection, "upgrade", StringComparison.OrdinalIgnoreCase)
            || !HeaderTokens.Contain(request.Headers.Upgrade, "websocket", StringComparison.OrdinalIgnoreCase))
        {
            return HandshakeAnswer.Refuse(426, "This is a WebSocket end point: connect with new WebSocket(url), which sends 'Connection: Upgrade' and 'Upgrade: websocket'.");
        }

        if (request.Headers.SecWebSocketVersion != "13")
        {
            return HandshakeAnswer.Refuse(426, "The header 'Sec-WebSocket-Version' must be 13.");
        }

        if (!IsKey(request.Headers.SecWebSocketKey))
        {
            return HandshakeAnswer.Refuse(400, "The header 'Sec-WebSocket-Key' must be one base64 value of 16 bytes.");
        }

        if (!origins.Allow(request.Headers.Origin))
        {
            return HandshakeAnswer.Refuse(403, "The header 'Origin' names a site that is not allowed here; the server's setting 'Origins' lists those that are.");
        }

        return CheckSubprotocol(request.Headers[HeaderNames.SecWebSocketProtocol]);
    }

    private static HandshakeAnswer CheckSubprotocol(StringValues offered) =>
        HeaderTokens.Contain(offered, Subprotocol, StringComparison.Ordinal) ? HandshakeAnswer.Accept(Subprotocol)
        : HeaderTokens.IsEmpty(offered) ? HandshakeAnswer.Accept(subprotocol: null)
        : HandshakeAnswer.Refuse(400, $"None of the subprotocols in 'Sec-WebSocket-Protocol' is known: offer '{Subprotocol}', or none.");

    private static bool IsKey(StringValues header)
    {
        Span<byte> key = stackalloc byte[16];
        return header is [{ Length: 24 } value] && Convert.TryFromBase64String(value, key, out var bytes) && bytes == 16;
    }
}
