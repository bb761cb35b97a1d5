using System.Net;
using System.Net.WebSockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using WsCore.TestKit.Net;

namespace WsCore.Tests.TestKit;

/// <summary>The kit's client against the platform's server: what we test the library with has to be right first.</summary>
public sealed class RawWebSocketTests : IAsyncLifetime
{
    private readonly WebApplication _server = CreateServer();
    private Uri _address = null!;

    public async Task InitializeAsync()
    {
        await _server.StartAsync();
        _address = new Uri(_server.Urls.Single(url => url.StartsWith("http:", StringComparison.Ordinal)));
    }

    public async Task DisposeAsync() => await _server.DisposeAsync();

    [Theory]
    [InlineData(0)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65_535)]
    [InlineData(65_536)]
    [InlineData(300_000)]
    public async Task Echo_AnyLength_ComesBack(int length)
    {
        await using var socket = await ConnectAsync();
        var text = new string('x', length);

        await socket.SendTextAsync(text);

        Assert.Equal(text, await socket.ReceiveTextAsync());
    }

    [Fact]
    public async Task Echo_Fragmented_IsOneMessage()
    {
        await using var socket = await ConnectAsync();

        await socket.SendRawAsync((byte[])
        [
            .. RawFrame.Encode(RawOpcode.Text, "Hel"u8, fin: false),
            .. RawFrame.Encode(RawOpcode.Ping, "in between"u8),
            .. RawFrame.Encode(RawOpcode.Continuation, "lo"u8),
        ]);

        Assert.Equal("Hello", await socket.ReceiveTextAsync());
    }

    [Fact]
    public async Task Echo_Deflated_IsInflatedOnBothSides()
    {
        var options = new RawWebSocketOptions
        {
            Extensions = "permessage-deflate; client_no_context_takeover; server_no_context_takeover",
        };
        await using var socket = await ConnectAsync(options);
        Assert.Contains("permessage-deflate", socket.Handshake["Sec-WebSocket-Extensions"]!, StringComparison.Ordinal);

        foreach (var text in (string[])["Hello", "", new string('y', 100_000)])
        {
            await socket.SendFrameAsync(RawOpcode.Text, RawDeflate.Compress(Encoding.UTF8.GetBytes(text)), rsv: 4);
            Assert.Equal(text, await socket.ReceiveTextAsync());
        }
    }

    [Fact]
    public async Task WithHandshake_FrameInSameWrite_IsAnswered()
    {
        var frame = RawFrame.Encode(RawOpcode.Binary, [1, 2, 3]);
        await using var socket = await ConnectAsync(new RawWebSocketOptions { WithHandshake = frame });

        var message = await socket.ReceiveMessageAsync();

        Assert.Equal((RawOpcode.Binary, "010203"), (message.Opcode, Convert.ToHexString(message.Payload)));
    }

    [Fact]
    public async Task CloseAsync_ServerAnswers_EndsInFin()
    {
        await using var socket = await ConnectAsync(new RawWebSocketOptions { Subprotocols = "echo" });
        Assert.Equal("echo", socket.Handshake["sec-websocket-protocol"]);

        Assert.Equal(new RawClose(1000, "bye"), await socket.CloseAsync(1000, "bye"));
    }

    [Fact]
    public async Task ConnectAsync_Wss_SpeaksTls()
    {
        var address = new Uri(_server.Urls.Single(url => url.StartsWith("https:", StringComparison.Ordinal)));
        await using var socket = await RawWebSocket.ConnectAsync(new Uri(address, "/echo"));

        await socket.SendTextAsync("secret");
        Assert.Equal("secret", await socket.ReceiveTextAsync());
        Assert.Equal(1000, (await socket.CloseAsync()).Code);
    }

    [Fact]
    public async Task ExpectSilenceAsync_TellsSilenceFromMessage()
    {
        await using var socket = await ConnectAsync();
        await socket.ExpectSilenceAsync();

        await socket.SendTextAsync("noise");

        await Assert.ThrowsAsync<InvalidDataException>(socket.ExpectSilenceAsync);
    }

    [Fact]
    public async Task ExpectEofAsync_ServerAborts_IsSeenAsReset()
    {
        await using var socket = await ConnectAsync();
        await socket.SendTextAsync("abort");
        await Assert.ThrowsAsync<PeerResetException>(socket.ExpectEofAsync);

        await using var other = await ConnectAsync();
        await other.SendTextAsync("abort");
        Assert.False(await other.DrainAsync());
    }

    [Fact]
    public async Task ReceiveTextAsync_NothingComes_TimesOut()
    {
        await using var socket = await ConnectAsync(new RawWebSocketOptions { Timeout = TimeSpan.FromMilliseconds(100) });

        await Assert.ThrowsAsync<TimeoutException>(socket.ReceiveTextAsync);
    }

    [Fact]
    public async Task ConnectAsync_Refused_KeepsTheAnswer()
    {
        var options = new RawWebSocketOptions { Headers = [new("Sec-WebSocket-Version", "12")] };
        await using var socket = await ConnectAsync(options);

        Assert.Equal((426, "13"), (socket.Handshake.Status, socket.Handshake["Sec-WebSocket-Version"]));
        await Assert.ThrowsAsync<InvalidOperationException>(() => socket.SendTextAsync("x"));
    }

    [Fact]
    public async Task SendAsync_LiteralRequest_ReadsEveryKindOfBody()
    {
        var chunked = await HttpProbe.SendAsync(_address, HttpProbe.Request("GET /chunked HTTP/1.1", "Host: x"));
        var toTheEnd = await HttpProbe.SendAsync(_address, HttpProbe.Request("GET /chunked HTTP/1.0"));
        var bad = await HttpProbe.SendAsync(_address, HttpProbe.Request("GET / HTTP/1.1"));

        Assert.Equal(("HTTP/1.1", 200, "onetwo"), (chunked.Version, chunked.Status, chunked.BodyText));
        Assert.Equal("onetwo", toTheEnd.BodyText);
        Assert.Equal((400, "0", ""), (bad.Status, bad["content-length"], bad.BodyText));
    }

    private Task<RawWebSocket> ConnectAsync(RawWebSocketOptions? options = null) =>
        RawWebSocket.ConnectAsync(_address.Host, _address.Port, "/echo", options);

    private static WebApplication CreateServer()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.Listen(IPAddress.Loopback, 0);
            kestrel.Listen(IPAddress.Loopback, 0, listen => listen.UseHttps(CreateCertificate()));
        });
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.Logging.ClearProviders();
        var app = builder.Build();
        app.UseWebSockets();
        app.MapGet("/chunked", async (HttpResponse response) =>
        {
            await response.WriteAsync("one");
            await response.Body.FlushAsync();
            await response.WriteAsync("two");
        });
        app.MapGet("/echo", EchoAsync);
        return app;
    }

    private static X509Certificate2 CreateCertificate()
    {
        using var key = ECDsa.Create(ECCurve.NamedCurves.nistP256);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256);
        var now = TimeProvider.System.GetUtcNow();
        return request.CreateSelfSigned(now.AddDays(-1), now.AddDays(1));
    }

    private static async Task EchoAsync(HttpContext context)
    {
        if (!context.WebSockets.IsWebSocketRequest)
        {
            context.Response.StatusCode = 426;
            context.Response.Headers.SecWebSocketVersion = "13";
            return;
        }

        using var socket = await context.WebSockets.AcceptWebSocketAsync(new WebSocketAcceptContext
        {
            SubProtocol = context.WebSockets.WebSocketRequestedProtocols.FirstOrDefault(),
            DangerousEnableCompression = true,
            DisableServerContextTakeover = true,
        });
        var buffer = new byte[400_000];
        while (true)
        {
            var count = 0;
            ValueWebSocketReceiveResult result;
            do
            {
                result = await socket.ReceiveAsync(buffer.AsMemory(count), context.RequestAborted);
                count += result.Count;
            }
            while (!result.EndOfMessage);

            if (result.MessageType == WebSocketMessageType.Close)
            {
                await socket.CloseAsync(socket.CloseStatus!.Value, socket.CloseStatusDescription, context.RequestAborted);
                return;
            }

            if (buffer.AsSpan(0, count).SequenceEqual("abort"u8))
            {
                context.Abort();
                return;
            }

            await socket.SendAsync(buffer.AsMemory(0, count), result.MessageType, true, context.RequestAborted);
        }
    }
}
