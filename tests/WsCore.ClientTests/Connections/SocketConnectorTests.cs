using System.Net;
using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Connections;

/// <summary>The handshake of a real WebSocket, as it leaves through an invoker of the application's own.</summary>
public sealed class SocketConnectorTests : HttpMessageHandler
{
    private readonly List<HttpRequestMessage> _asked = [];

    [Fact]
    public async Task It_asks_for_the_protocol_with_the_headers_given_and_tells_the_status_of_a_refusal()
    {
        using var invoker = new HttpMessageInvoker(this, disposeHandler: false);
        var options = new WsClientOptions { Invoker = invoker, Headers = new Dictionary<string, string> { ["Origin"] = "https://shop.example" } };
        await using var client = new WsClient(new Uri("ws://ws.example/ws?a=1"), options);
        var thrown = await Assert.ThrowsAsync<ConnectionClosedException>(() => client.ConnectAsync().WithTimeout(ScriptedConnection.Patience));

        Assert.Equal(1006, thrown.CloseCode);
        Assert.Contains("HTTP 403", thrown.Message, StringComparison.Ordinal);
        var asked = Assert.Single(_asked);
        Assert.Equal("ws.example/ws?a=1", asked.RequestUri!.Authority + asked.RequestUri.PathAndQuery);
        Assert.Equal(("wscore.v1", "https://shop.example"), (asked.Headers.GetValues("Sec-WebSocket-Protocol").Single(), asked.Headers.GetValues("Origin").Single()));
    }

    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        _asked.Add(request);
        return Task.FromResult(new HttpResponseMessage(HttpStatusCode.Forbidden));
    }
}
