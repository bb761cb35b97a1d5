using Microsoft.AspNetCore.Http;
using WsCore.Handshake;

namespace WsCore.Tests.Handshake;

public sealed class HandshakeRulesTests
{
    private readonly HandshakeRules _rules = new(new OriginRules(["https://example.org"], localhost: false));

    [Theory]
    [InlineData("", null)]
    [InlineData("Sec-WebSocket-Protocol: wscore.v1", "wscore.v1")]
    [InlineData("Sec-WebSocket-Protocol: other, wscore.v1, bearer.x", "wscore.v1")]
    [InlineData("Connection: keep-alive, Upgrade", null)]
    [InlineData("Connection: UPGRADE", null)]
    [InlineData("Upgrade: WebSocket", null)]
    [InlineData("Upgrade: h2c, websocket", null)]
    [InlineData("Origin: https://example.org", null)]
    [InlineData("Sec-WebSocket-Extensions: permessage-deflate", null)]
    public void Check_GoodHandshake_IsAccepted(string header, string? subprotocol)
    {
        var answer = _rules.Check(CreateRequest(header));

        Assert.True(answer.IsAccepted, answer.Sentence);
        Assert.Equal(subprotocol, answer.Subprotocol);
    }

    [Theory]
    [InlineData("Connection:", 426, "Upgrade")]
    [InlineData("Connection: close", 426, "Upgrade")]
    [InlineData("Connection: upgraded", 426, "Upgrade")]
    [InlineData("Upgrade:", 426, "Upgrade")]
    [InlineData("Upgrade: h2c", 426, "Upgrade")]
    [InlineData("Sec-WebSocket-Version:", 426, "Sec-WebSocket-Version")]
    [InlineData("Sec-WebSocket-Version: 8", 426, "Sec-WebSocket-Version")]
    [InlineData("Sec-WebSocket-Version: 13, 8", 426, "Sec-WebSocket-Version")]
    [InlineData("Sec-WebSocket-Key:", 400, "Sec-WebSocket-Key")]
    [InlineData("Sec-WebSocket-Key: short", 400, "Sec-WebSocket-Key")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ=", 400, "Sec-WebSocket-Key")]
    [InlineData("Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZTEx", 400, "Sec-WebSocket-Key")] // 18 bytes
    [InlineData("Sec-WebSocket-Key: ????????????????????????", 400, "Sec-WebSocket-Key")]
    [InlineData("Origin: https://evil.example", 403, "Origin")]
    [InlineData("Origin: null", 403, "Origin")]
    [InlineData("Sec-WebSocket-Protocol: other", 400, "wscore.v1")]
    [InlineData("Sec-WebSocket-Protocol: WSCORE.V1", 400, "wscore.v1")]
    [InlineData(":method POST", 400, "GET")]
    [InlineData(":protocol HTTP/1.0", 400, "HTTP/1.0")]
    [InlineData(":protocol HTTP/2", 400, "HTTP/1.1")]
    public void Check_AnythingElse_IsRefusedWithASentence(string header, int status, string named)
    {
        var answer = _rules.Check(CreateRequest(header));

        Assert.Equal(status, answer.Status);
        Assert.Contains(named, answer.Sentence);
        Assert.EndsWith(".", answer.Sentence);
    }

    [Fact]
    public void Check_HeaderTwice_IsRefused()
    {
        var twoKeys = CreateRequest("");
        twoKeys.Headers.SecWebSocketKey = new(["dGhlIHNhbXBsZSBub25jZQ==", "dGhlIHNhbXBsZSBub25jZQ=="]);
        Assert.Equal(400, _rules.Check(twoKeys).Status);

        var twoVersions = CreateRequest("");
        twoVersions.Headers.SecWebSocketVersion = new(["13", "13"]);
        Assert.Equal(426, _rules.Check(twoVersions).Status);
    }

    [Fact]
    public void Check_SubprotocolInASecondHeaderLine_IsFound()
    {
        var request = CreateRequest("");
        request.Headers.SecWebSocketProtocol = new(["other", "wscore.v1"]);

        Assert.Equal("wscore.v1", _rules.Check(request).Subprotocol);
    }

    /// <param name="change">A header that replaces the good one, <c>Name: value</c>, or <c>:method</c> or <c>:protocol</c> and its value.</param>
    private static HttpRequest CreateRequest(string change)
    {
        var request = new DefaultHttpContext().Request;
        request.Method = "GET";
        request.Protocol = "HTTP/1.1";
        request.Headers.Connection = "Upgrade";
        request.Headers.Upgrade = "websocket";
        request.Headers.SecWebSocketVersion = "13";
        request.Headers.SecWebSocketKey = "dGhlIHNhbXBsZSBub25jZQ==";
        if (change.StartsWith(":method ", StringComparison.Ordinal))
        {
            request.Method = change[8..];
        }
        else if (change.StartsWith(":protocol ", StringComparison.Ordinal))
        {
            request.Protocol = change[10..];
        }
        else if (change.Length > 0)
        {
            var colon = change.IndexOf(':');
            request.Headers[change[..colon]] = change[(colon + 1)..].Trim() is { Length: > 0 } value ? value : default(Microsoft.Extensions.Primitives.StringValues);
        }

        return request;
    }
}
