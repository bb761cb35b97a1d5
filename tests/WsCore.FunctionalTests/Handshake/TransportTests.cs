using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Handshake;

/// <summary>The bytes arrive whatever carries them: Kestrel's own pipes, the upgraded stream where a server shows none, TLS.</summary>
public sealed class TransportTests
{
    [Theory]
    [InlineData("pipes")]
    [InlineData("stream")]
    [InlineData("tls")]
    public async Task Large_messages_come_back_byte_for_byte_and_the_end_is_clean(string transport)
    {
        await using var application = await StartAsync(transport);
        await using var socket = await RawWebSocket.ConnectAsync(AddressOf(application, transport));
        Assert.Equal("welcome", (await socket.ReceiveJsonAsync()).Text("type"));
        await socket.SendTextAsync("""{"type":"join","id":"1","room":"lobby"}""");
        Assert.Equal("ack", (await socket.ReceiveJsonAsync()).Text("type"));

        var sending = Task.Run(async () =>
        {
            for (var i = 0; i < 100; i++)
            {
                await socket.SendTextAsync($$"""{"type":"broadcast","room":"lobby","echo":true,"payload":"{{Payload(i)}}"}""");
            }
        });
        for (var i = 0; i < 100; i++)
        {
            Assert.Equal(Payload(i), (await socket.ReceiveJsonAsync()).Text("payload"));
        }

        await sending.WithTimeout();
        await socket.SendFrameAsync(3, "reserved"u8.ToArray());
        Assert.Equal(1002, (await socket.ReceiveCloseAsync()).Code);
        await socket.SendCloseAsync(1002, "");
        await socket.ExpectEofAsync();
        await application.IsEmptyAsync();
        Assert.Empty(application.Errors);
    }

    [Theory]
    [InlineData("pipes")]
    [InlineData("stream")]
    [InlineData("tls")]
    public async Task A_stop_of_the_server_ends_a_connection_with_a_handshake(string transport)
    {
        await using var application = await StartAsync(transport);
        await using var socket = await RawWebSocket.ConnectAsync(AddressOf(application, transport));
        await socket.ReceiveJsonAsync();

        var stopping = application.StopAsync();
        Assert.Equal(4200, (await socket.ReceiveCloseAsync()).Code);
        await socket.SendCloseAsync(4200, "");
        await socket.ExpectEofAsync();
        await stopping.WithTimeout();
        Assert.Empty(application.Errors);
    }

    [Fact]
    public async Task A_connection_that_served_plain_requests_may_still_be_upgraded()
    {
        var megabytes = new byte[10_000_000];
        await using var application = await TestApplication.StartAsync(options => options.Application = app => app.MapGet("/plain", () => Results.Bytes(megabytes)));
        using var http = new SocketsHttpHandler { MaxConnectionsPerServer = 1 };
        using var client = new HttpMessageInvoker(http, disposeHandler: false);
        var plain = new UriBuilder(application.Address) { Scheme = "http", Path = "/plain" }.Uri;
        for (var i = 0; i < 2; i++)
        {
            using var answer = await client.SendAsync(new HttpRequestMessage(HttpMethod.Get, plain), default).WithTimeout();
            Assert.Equal(megabytes.Length, (await answer.Content.ReadAsByteArrayAsync().WithTimeout()).Length);
        }

        using var socket = new System.Net.WebSockets.ClientWebSocket();
        await socket.ConnectAsync(application.Address, client, default).WithTimeout();
        var buffer = new byte[4096];
        var welcome = await socket.ReceiveAsync(buffer.AsMemory(), default).WithTimeout();
        Assert.Contains("\"welcome\"", Encoding.UTF8.GetString(buffer, 0, welcome.Count), StringComparison.Ordinal);
        await socket.CloseAsync(System.Net.WebSockets.WebSocketCloseStatus.NormalClosure, null, default).WithTimeout();
    }

    private static Task<TestApplication> StartAsync(string transport) => TestApplication.StartAsync(options =>
    {
        options.Options = wscore => wscore.Outbox.MaxBytes = wscore.Outbox.BurstBytes = 64 * 1024 * 1024; // how fast the client reads is not the subject
        switch (transport)
        {
            case "stream":
                options.Application = app => app.Use((http, next) =>
                {
                    http.Features.Set<IConnectionTransportFeature>(new NoTransport());
                    return next(http);
                });
                break;
            case "tls":
                options.Kestrel = kestrel => kestrel.ConfigureEndpointDefaults(listen => listen.UseHttps(Certificate()));
                break;
        }
    });

    private static Uri AddressOf(TestApplication application, string transport) =>
        new UriBuilder(application.Address) { Scheme = transport == "tls" ? "wss" : "ws" }.Uri;

    private static string Payload(int i) => new((char)('a' + (i % 26)), 30_000 + (i * 300));

    private static X509Certificate2 Certificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private sealed class NoTransport : IConnectionTransportFeature
    {
        public System.IO.Pipelines.IDuplexPipe Transport { get; set; } = null!;
    }
}
