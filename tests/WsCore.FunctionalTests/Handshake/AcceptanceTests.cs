using Microsoft.AspNetCore.Builder;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Handshake;

/// <summary>What a good handshake gets, wherever an application puts the end point.</summary>
public sealed class AcceptanceTests
{
    [Theory]
    [InlineData(null, null)]
    [InlineData("wscore.v1", "wscore.v1")]
    [InlineData("graphql-ws, wscore.v1 , other", "wscore.v1")]
    [InlineData("wscore.v1, bearer.x", "wscore.v1")]
    [InlineData("bearer.x,wscore.v1", "wscore.v1")]
    public async Task The_subprotocol_is_echoed_where_it_was_offered(string? offered, string? echoed)
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await RawWebSocket.ConnectAsync(application.Address, new RawWebSocketOptions { Subprotocols = offered });

        Assert.Equal(101, socket.Handshake.Status);
        Assert.Equal(echoed, socket.Handshake["Sec-WebSocket-Protocol"]);
        Assert.Equal("welcome", (await socket.ReceiveJsonAsync()).Text("type"));
    }

    [Fact]
    public async Task The_subprotocol_is_found_on_any_of_several_header_lines()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await RawWebSocket.ConnectAsync(application.Address, new RawWebSocketOptions
        {
            Headers = [new("Sec-WebSocket-Protocol", "graphql-ws"), new("Sec-WebSocket-Protocol", "other, wscore.v1")],
        });

        Assert.Equal(101, socket.Handshake.Status);
        Assert.Equal("wscore.v1", socket.Handshake["Sec-WebSocket-Protocol"]);
    }

    [Fact]
    public async Task Header_values_are_compared_without_regard_to_case_and_among_others()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await RawWebSocket.ConnectAsync(application.Address, new RawWebSocketOptions
        {
            Headers = [new("Connection", "keep-alive, UPGRADE"), new("Upgrade", "WebSocket")],
        });

        Assert.Equal(101, socket.Handshake.Status);
    }

    [Fact]
    public async Task No_extension_is_agreed_to_whatever_is_offered()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await RawWebSocket.ConnectAsync(application.Address, new RawWebSocketOptions
        {
            Extensions = "permessage-deflate; client_max_window_bits, x-webkit-deflate-frame",
        });

        Assert.Equal(101, socket.Handshake.Status);
        Assert.Null(socket.Handshake["Sec-WebSocket-Extensions"]);
    }

    [Theory]
    [InlineData("https://good.example")]
    [InlineData("HTTPS://GOOD.EXAMPLE")]
    public async Task A_page_of_a_listed_origin_may_connect(string origin)
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Origins = ["https://other.example", "https://good.example/"]);
        await using var socket = await RawWebSocket.ConnectAsync(application.Address, new RawWebSocketOptions { Headers = [new("Origin", origin)] });

        Assert.Equal(101, socket.Handshake.Status);
    }

    [Fact]
    public async Task A_star_lets_every_page_connect()
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Origins = ["*"]);
        await using var socket = await RawWebSocket.ConnectAsync(application.Address, new RawWebSocketOptions { Headers = [new("Origin", "https://any.example")] });

        Assert.Equal(101, socket.Handshake.Status);
    }

    [Theory]
    [InlineData("http://localhost:3000", 101)]
    [InlineData("https://127.0.0.1:8443", 101)]
    [InlineData("http://[::1]:5173", 101)]
    [InlineData("http://localhost.evil.example", 403)]
    public async Task Development_lets_pages_of_this_machine_connect_and_anonymous_clients_too(string origin, int status)
    {
        await using var application = await TestApplication.StartAsync(o =>
        {
            o.Environment = "Development";
            o.Options = options => options.Auth.AllowAnonymous = null;
        });
        await using var socket = await RawWebSocket.ConnectAsync(application.Address, new RawWebSocketOptions { Headers = [new("Origin", origin)] });

        Assert.Equal(status, socket.Handshake.Status);
    }

    [Fact]
    public async Task A_frame_that_comes_in_the_same_packet_as_the_handshake_is_not_lost()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await RawWebSocket.ConnectAsync(application.Address, new RawWebSocketOptions
        {
            WithHandshake = RawFrame.Encode(RawOpcode.Text, """{"type":"join","id":"early","room":"lobby"}"""u8),
        });

        Assert.Equal("welcome", (await socket.ReceiveJsonAsync()).Text("type"));
        Assert.Equal("""{"type":"ack","id":"early","room":"lobby"}""", await socket.ReceiveTextAsync());
    }

    [Fact]
    public async Task Plain_http_on_the_same_server_goes_on_working()
    {
        await using var application = await TestApplication.StartAsync(o => o.Application = app => app.MapGet("/hello", () => "world"));
        await using var socket = await application.ConnectRawAsync();
        using var http = new HttpClient { BaseAddress = application.Http };

        Assert.Equal("world", await http.GetStringAsync("/hello").WithTimeout());
        using var missing = await http.GetAsync("/nothing").WithTimeout();
        Assert.Equal(404, (int)missing.StatusCode);
    }

    [Fact]
    public async Task An_application_that_uses_websockets_itself_keeps_both()
    {
        await using var application = await TestApplication.StartAsync(o => o.Application = app =>
        {
            app.UseWebSockets();
            app.Map("/echo", async http =>
            {
                using var own = await http.WebSockets.AcceptWebSocketAsync();
                await own.SendAsync("own"u8.ToArray(), System.Net.WebSockets.WebSocketMessageType.Text, true, http.RequestAborted);
            });
        });

        await using var ours = await application.ConnectRawAsync();
        await ours.SendTextAsync("""{"type":"join","id":"1","room":"lobby"}""");
        Assert.Equal("ack", (await ours.ReceiveJsonAsync()).Text("type"));
        await using var theirs = await RawWebSocket.ConnectAsync(new Uri(application.Address, "/echo"));
        Assert.Equal("own", await theirs.ReceiveTextAsync());
    }

    [Fact]
    public async Task Without_a_path_the_one_of_the_options_counts()
    {
        await using var application = await TestApplication.StartAsync(o =>
        {
            o.Path = null;
            o.Options = options => options.Path = "/live/socket";
        });
        await using var socket = await RawWebSocket.ConnectAsync(new Uri(application.Address, "/live/socket?x=1"));

        Assert.Equal(101, socket.Handshake.Status);
    }

    [Fact]
    public async Task RequireAuthorization_is_asked_before_the_handshake()
    {
        await using var application = await TestApplication.StartAsync(o => o.EndPoint = endPoint => endPoint.RequireAuthorization());
        await using var nobody = await RawWebSocket.ConnectAsync(application.Address);
        await using var ada = await RawWebSocket.ConnectAsync(application.Address, new RawWebSocketOptions { Headers = [TestAuthentication.HeaderFor("sub", "ada")] });

        Assert.Equal(401, nobody.Handshake.Status);
        Assert.Equal(101, ada.Handshake.Status);
        Assert.Equal("ada", (await ada.ReceiveJsonAsync()).Text("user"));
    }

    [Theory]
    [InlineData("sub=ada;name=Countess", "ada")]
    [InlineData("http%3A%2F%2Fschemas.xmlsoap.org%2Fws%2F2005%2F05%2Fidentity%2Fclaims%2Fnameidentifier=grace", "grace")]
    [InlineData("http%3A%2F%2Fschemas.xmlsoap.org%2Fws%2F2005%2F05%2Fidentity%2Fclaims%2Fnameidentifier=grace;sub=ada", "ada")]
    [InlineData("sub=J%C3%B6rg%20%F0%9F%98%80", "Jörg 😀")]
    [InlineData("name=nobody%20in%20particular", null)]
    public async Task The_user_is_the_subject_or_the_name_identifier_of_the_principal(string claims, string? user)
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await RawWebSocket.ConnectAsync(application.Address, new RawWebSocketOptions { Headers = [new(TestAuthentication.Header, claims)] });

        Assert.Equal(user, (await socket.ReceiveJsonAsync()).Text("user"));
    }

    [Fact]
    public async Task A_user_of_250_bytes_is_one()
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Auth.AllowAnonymous = false);
        var user = string.Concat(Enumerable.Repeat("é", 125));
        await using var client = await application.ConnectAsync(user);

        Assert.Equal(user, client.Welcome.Text("user"));
    }

    [Fact]
    public async Task The_welcome_tells_who_one_is_and_what_holds_here()
    {
        await using var application = await TestApplication.StartWithManualClockAsync(o => o.Options = options =>
        {
            options.Node = "node-7";
            options.Limits.MaxMessageBytes = 4096;
            options.Heartbeat.Interval = TimeSpan.FromSeconds(11);
            options.Heartbeat.Timeout = TimeSpan.FromSeconds(3);
        });
        await using var client = await application.ConnectAsync("ada");

        Assert.Equal(["type", "connection", "user", "node", "time", "heartbeat", "limits"], client.Welcome.Names());
        Assert.Matches("^[A-Za-z0-9_-]{16}$", client.Id);
        Assert.Equal("node-7", client.Welcome.Text("node"));
        Assert.Equal(application.Time.GetUtcNow().ToUnixTimeMilliseconds(), client.Welcome.Number("time"));
        Assert.Equal("""{"interval":11000,"timeout":3000}""", client.Welcome.Raw("heartbeat"));
        Assert.Equal("""{"messageBytes":4096,"messagesPerSecond":0,"burst":0}""", client.Welcome.Raw("limits"));
    }

    [Fact]
    public async Task A_full_node_says_so_and_lets_the_next_one_in_when_somebody_has_left()
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Limits.MaxConnections = 1);
        var first = await application.ConnectRawAsync();
        await using var second = await RawWebSocket.ConnectAsync(application.Address);

        Assert.Equal(4103, (await second.ReceiveCloseAsync()).Code);
        await second.SendCloseAsync(4103);
        await second.ExpectEofAsync();
        await first.CloseAsync();
        await first.DisposeAsync();
        await application.IsEmptyAsync();
        await using var third = await application.ConnectRawAsync();
    }

    [Fact]
    public async Task MapWsCore_without_AddWsCore_says_what_is_missing()
    {
        await using var application = WebApplication.CreateSlimBuilder().Build();

        var exception = Assert.Throws<InvalidOperationException>(() => WsCore.Hosting.WsCoreEndpointExtensions.MapWsCore(application, "/ws"));
        Assert.Contains("AddWsCore", exception.Message, StringComparison.Ordinal);
    }
}
