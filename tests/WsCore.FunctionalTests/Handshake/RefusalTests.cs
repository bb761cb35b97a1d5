using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Handshake;

/// <summary>What is not a handshake, or not a welcome one, gets a status and a sentence.</summary>
public sealed class RefusalTests
{
    public static TheoryData<string, int, string> Headers => new()
    {
        // one header as it should not be: its name, the status, what the sentence names; "" leaves the header out
        { "Upgrade:", 426, "Upgrade: websocket" },
        { "Upgrade: \"x, websocket, y\"", 426, "'Upgrade'" }, // one quoted token, to the platform
        { "Upgrade: \"x,websocket", 426, "'Upgrade'" },
        { "Upgrade: h2c", 426, "Upgrade: websocket" },
        { "Connection:", 426, "Connection: Upgrade" },
        { "Connection: keep-alive", 426, "Connection: Upgrade" },
        { "Sec-WebSocket-Version: 8", 426, "must be 13" },
        { "Sec-WebSocket-Version:", 426, "must be 13" },
        { "Sec-WebSocket-Version: 13, 8", 426, "must be 13" },
        { "Sec-WebSocket-Key:", 400, "'Sec-WebSocket-Key'" },
        { "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA", 400, "'Sec-WebSocket-Key'" },
        { "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAAAAAAA=", 400, "'Sec-WebSocket-Key'" },
        { "Sec-WebSocket-Key: !!!!!!!!!!!!!!!!!!!!!!==", 400, "'Sec-WebSocket-Key'" },
        { "Sec-WebSocket-Protocol: graphql-ws", 400, "'wscore.v1'" },
        { "Sec-WebSocket-Protocol: graphql-ws, WSCORE.V1, bearer.abc", 400, "'wscore.v1'" },
        { "Origin: https://evil.example", 403, "'Origin'" },
        { "Origin: null", 403, "'Origin'" },
        { "Origin: https://good.example.evil.example", 403, "'Origin'" },
        { "Origin: http://localhost:3000", 403, "'Origin'" },
    };

    [Theory]
    [MemberData(nameof(Headers))]
    public async Task A_header_that_is_wrong_is_named_in_the_refusal(string header, int status, string named)
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Origins = ["https://good.example"]);
        var colon = header.IndexOf(':', StringComparison.Ordinal);
        var value = header[(colon + 1)..].Trim();
        await using var socket = await RawWebSocket.ConnectAsync(application.Address, new RawWebSocketOptions
        {
            Headers = [new(header[..colon], value.Length == 0 ? null : value)],
        });

        ExpectRefusal(socket.Handshake, status, named);
        Assert.Equal(status == 426 ? "websocket" : null, socket.Handshake["Upgrade"]);
        Assert.Equal(0, application.Node.Connections.Count);
    }

    [Fact]
    public async Task Two_keys_are_as_bad_as_none()
    {
        await using var application = await TestApplication.StartAsync();
        await using var socket = await RawWebSocket.ConnectAsync(application.Address, new RawWebSocketOptions
        {
            Headers = [new("Sec-WebSocket-Key", "AAAAAAAAAAAAAAAAAAAAAA=="), new("Sec-WebSocket-Key", "AQAAAAAAAAAAAAAAAAAAAA==")],
        });

        ExpectRefusal(socket.Handshake, 400, "'Sec-WebSocket-Key'");
    }

    [Theory]
    [InlineData("POST /ws HTTP/1.1", "Content-Length: 0", "GET")]
    [InlineData("DELETE /ws HTTP/1.1", "Accept: */*", "GET")]
    [InlineData("GET /ws HTTP/1.0", "Accept: */*", "HTTP/1.0")]
    public async Task Another_method_or_an_old_version_is_refused_whatever_the_headers_say(string requestLine, string further, string named)
    {
        await using var application = await TestApplication.StartAsync();
        var reply = await HttpProbe.SendAsync(application.Http, HttpProbe.Request(
            requestLine, $"Host: {application.Http.Authority}", "Connection: Upgrade", "Upgrade: websocket",
            "Sec-WebSocket-Version: 13", "Sec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==", further));

        ExpectRefusal(reply, 400, named);
    }

    [Fact]
    public async Task A_browser_that_is_pointed_at_the_end_point_is_told_what_it_is()
    {
        await using var application = await TestApplication.StartAsync();
        var reply = await HttpProbe.SendAsync(application.Http, HttpProbe.Request("GET /ws HTTP/1.1", $"Host: {application.Http.Authority}"));

        ExpectRefusal(reply, 426, "new WebSocket(url)");
    }

    [Fact]
    public async Task Anonymous_clients_are_asked_to_authenticate_where_they_are_not_allowed()
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Auth.AllowAnonymous = false);
        await using var socket = await RawWebSocket.ConnectAsync(application.Address);

        ExpectRefusal(socket.Handshake, 401, "Auth:AllowAnonymous");
        Assert.Equal("Bearer", socket.Handshake["WWW-Authenticate"]);
    }

    [Fact]
    public async Task Anonymous_clients_are_not_allowed_where_nothing_is_said_outside_development()
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Auth.AllowAnonymous = null);
        await using var socket = await RawWebSocket.ConnectAsync(application.Address);

        Assert.Equal(401, socket.Handshake.Status);
    }

    [Fact]
    public async Task A_bad_request_is_told_so_before_it_is_asked_who_it_is()
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Auth.AllowAnonymous = false);
        await using var socket = await RawWebSocket.ConnectAsync(application.Address, new RawWebSocketOptions { Subprotocols = "other" });

        Assert.Equal(400, socket.Handshake.Status);
    }

    public static TheoryData<string> UnusableSubjects => new("", "with\u0001control", new string('x', 251), string.Concat(Enumerable.Repeat("é", 126)));

    [Theory]
    [MemberData(nameof(UnusableSubjects))]
    public async Task An_authenticated_principal_whose_subject_cannot_name_a_user_is_refused(string subject)
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Auth.AllowAnonymous = false);
        await using var socket = await RawWebSocket.ConnectAsync(application.Address, new RawWebSocketOptions
        {
            Headers = [TestAuthentication.HeaderFor("sub", subject)],
        });

        ExpectRefusal(socket.Handshake, 403, "'sub'");
    }

    [Fact]
    public async Task A_node_that_stops_takes_no_handshake_and_says_when_to_come_again()
    {
        await using var application = await TestApplication.StartWithManualClockAsync();
        await using var lingering = await application.ConnectRawAsync();
        var stopping = application.StopAsync();
        Assert.Equal(4200, (await lingering.ReceiveCloseAsync()).Code); // and is not answered, so the node waits

        await using var late = await RawWebSocket.ConnectAsync(application.Address);

        ExpectRefusal(late.Handshake, 503, "stopping");
        Assert.Equal("1", late.Handshake["Retry-After"]);
        await lingering.SendCloseAsync(4200);
        await stopping.WithTimeout();
    }

    [Fact]
    public async Task A_refused_request_leaves_the_connection_usable()
    {
        await using var application = await TestApplication.StartAsync();
        using var http = new HttpClient { BaseAddress = application.Http };
        for (var i = 0; i < 3; i++)
        {
            using var reply = await http.GetAsync("/ws").WithTimeout();
            Assert.Equal(426, (int)reply.StatusCode);
        }
    }

    private static void ExpectRefusal(HttpReply reply, int status, string named)
    {
        Assert.Equal(status, reply.Status);
        Assert.Equal("13", reply["Sec-WebSocket-Version"]);
        Assert.StartsWith("text/plain", reply["Content-Type"], StringComparison.Ordinal);
        Assert.Contains(named, reply.BodyText, StringComparison.Ordinal);
        Assert.EndsWith(".", reply.BodyText, StringComparison.Ordinal);
        Assert.Null(reply["Sec-WebSocket-Accept"]);
    }
}
