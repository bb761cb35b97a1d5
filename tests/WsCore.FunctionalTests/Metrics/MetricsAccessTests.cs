using WsCore.TestKit.Net;
using WsCore.TestKit.Processes;

namespace WsCore.FunctionalTests.Metrics;

/// <summary>Who gets the metrics, and where: the server as operators run it.</summary>
public sealed class MetricsAccessTests
{
    private const string Secret = "a key of the tests, 32 bytes or more";
    private static readonly (string, string) Key = ("WSCORE__API__KEY", Secret);

    [Fact]
    public async Task Outside_Development_there_are_none_and_the_log_says_how_to_have_them()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        Assert.Equal(404, (await GetAsync(server.Address, "/metrics")).Status);
        Assert.Equal(404, (await GetAsync(server.Address, "/metrics", "X-Api-Key: ")).Status);
        var line = await server.LineAsync("Metrics are not served");
        Assert.Contains("WSCORE__METRICS__PORT", line, StringComparison.Ordinal);
        Assert.Contains("WSCORE__API__KEY", line, StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_Development_this_machine_has_them_without_a_key()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Development);

        var reply = await GetAsync(server.Address, "/metrics");

        Assert.Equal(200, reply.Status);
        Assert.Equal("text/plain; version=0.0.4; charset=utf-8", reply["Content-Type"]);
        Assert.Equal("no-store", reply["Cache-Control"]);
        Assert.Contains("\nwscore_connections 0\n", reply.BodyText, StringComparison.Ordinal);
        Assert.Equal(405, (await GetAsync(server.Address, "/metrics", method: "POST", more: "Content-Length: 0")).Status);
    }

    [Fact]
    public async Task In_Development_another_machine_does_not_have_them()
    {
        // The platform believes a proxy's headers when told to, and then the client is whoever they say.
        await using var server = await ServerProcess.StartAsync(ServerProcess.Development, ("ASPNETCORE_FORWARDEDHEADERS_ENABLED", "true"));

        Assert.Equal(200, (await GetAsync(server.Address, "/metrics")).Status);
        Assert.Equal(404, (await GetAsync(server.Address, "/metrics", "X-Forwarded-For: 203.0.113.7")).Status);
    }

    [Theory]
    [InlineData("Authorization: Bearer " + Secret, 200)]
    [InlineData("authorization: bearer " + Secret, 200)]
    [InlineData("X-Api-Key: " + Secret, 200)]
    [InlineData("X-Api-Key: " + Secret + "x", 401)]
    [InlineData("X-Api-Key: a key of the tests, 32 bytes or mor", 401)]
    [InlineData("Authorization: Bearer", 401)]
    [InlineData("Authorization: Basic " + Secret, 401)]
    [InlineData("X-Other: " + Secret, 401)]
    public async Task With_a_key_whoever_shows_it_has_them(string header, int status)
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous, Key);

        var reply = await GetAsync(server.Address, "/metrics", header);

        Assert.Equal(status, reply.Status);
        Assert.Equal(status == 200, reply.BodyText.Contains("wscore_connections", StringComparison.Ordinal));
        Assert.Equal(status == 401 ? "Bearer" : null, reply["WWW-Authenticate"]);
        Assert.DoesNotContain(Secret, server.Tail(1000), StringComparison.Ordinal);
    }

    [Fact]
    public async Task The_key_of_a_file_that_ends_with_a_new_line_is_the_key_without_it()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous, ("WSCORE__API__KEY", Secret + "\r\n"));

        Assert.Equal(200, (await GetAsync(server.Address, "/metrics", $"X-Api-Key: {Secret}")).Status);
    }

    [Fact]
    public async Task On_a_port_of_their_own_there_is_nothing_else_and_nothing_of_them_elsewhere()
    {
        var port = FreePort.Next();
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous, Key, ("WSCORE__METRICS__PORT", $"{port}"));
        var own = new Uri($"http://127.0.0.1:{port}");

        Assert.Equal(200, (await GetAsync(own, "/metrics")).Status);
        Assert.Equal(405, (await GetAsync(own, "/metrics", method: "POST", more: "Content-Length: 0")).Status);
        foreach (var path in new[] { "/", "/ws", "/health/live", "/health/ready", "/metrics/x" })
        {
            Assert.Equal(404, (await GetAsync(own, path)).Status);
        }

        Assert.Equal(404, (await GetAsync(server.Address, "/metrics")).Status);
        Assert.Equal(404, (await GetAsync(server.Address, "/metrics", $"X-Api-Key: {Secret}")).Status);
        Assert.Equal(404, (await GetAsync(server.Address, "/metrics", host: $"127.0.0.1:{port}")).Status); // who claims to be there is not
        Assert.Equal(200, (await GetAsync(server.Address, "/health/live")).Status);
        Assert.Equal(200, (await GetAsync(server.Address, "/health/ready")).Status);
        await using var socket = await RawWebSocket.ConnectAsync(server.AddressOf("/ws"));
        Assert.Equal(101, socket.Handshake.Status);
    }

    [Fact]
    public async Task The_port_goes_with_every_way_to_say_where_the_server_listens()
    {
        await AssertServedBesideAsync([], ("ASPNETCORE_URLS", $"http://127.0.0.1:{FreePort.Next()}"));
        await AssertServedBesideAsync([], ("ASPNETCORE_HTTP_PORTS", $"{FreePort.Next()}"));
        await AssertServedBesideAsync(["--urls", $"http://127.0.0.1:{FreePort.Next()};http://127.0.0.1:{FreePort.Next()}"]);
        await AssertServedBesideAsync(["--urls", "ignored", $"--Kestrel:Endpoints:A:Url=http://127.0.0.1:{FreePort.Next()}"]);
    }

    [Fact]
    public async Task The_path_is_a_setting()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Development, ("WSCORE__METRICS__PATH", "/internal/metrics"));

        Assert.Equal(200, (await GetAsync(server.Address, "/internal/metrics")).Status);
        Assert.Equal(404, (await GetAsync(server.Address, "/metrics")).Status);
    }

    [Theory]
    [InlineData("WSCORE__METRICS__PORT", "many", "WsCore:Metrics:Port must be a port from 1 to 65535, not 'many'.")]
    [InlineData("WSCORE__METRICS__PORT", "0", "WsCore:Metrics:Port must be a port from 1 to 65535, not '0'.")]
    [InlineData("WSCORE__METRICS__PORT", "65536", "WsCore:Metrics:Port must be a port from 1 to 65535, not '65536'.")]
    [InlineData("WSCORE__METRICS__PORT", "8080", "WsCore:Metrics:Port must be a port of its own, not 8080, which the server has for everything else (http://*:8080).")]
    [InlineData("WSCORE__METRICS__PATH", "metrics", "WsCore:Metrics:Path must begin with a slash and have letters, digits, '/', '.', '_', '~' and '-' only, not 'metrics'.")]
    [InlineData("WSCORE__METRICS__PATH", "/{x}", "WsCore:Metrics:Path must begin with a slash and have letters, digits, '/', '.', '_', '~' and '-' only, not '/{x}'.")]
    [InlineData("WSCORE__METRICS__PATH", "/a//b", "WsCore:Metrics:Path must have something between any two slashes, not '/a//b'.")]
    [InlineData("WSCORE__METRICS__PATH", "//", "WsCore:Metrics:Path must have something between any two slashes, not '//'.")]
    [InlineData("WSCORE__METRICS__PATH", "/WS", "WsCore:Metrics:Path must be another than '/WS', which is something else's.")]
    [InlineData("WSCORE__METRICS__PATH", "/health/live/", "WsCore:Metrics:Path must be another than '/health/live/', which is something else's.")]
    [InlineData("WSCORE__API__KEY", "short", "WsCore:Api:Key must be at least 32 bytes of text, not 5. Make one with: openssl rand -base64 32")]
    [InlineData("WSCORE__API__KEY", "  short and many blanks                                  \n", "WsCore:Api:Key must be at least 32 bytes of text, not 21. Make one with: openssl rand -base64 32")]
    [InlineData("WSCORE__API__KEY", "the first line of a file,\nand a second one", "WsCore:Api:Key must be one line without control characters: a header can carry no other.")]
    [InlineData("OTEL_EXPORTER_OTLP_ENDPOINT", "collector:4317", "OTEL_EXPORTER_OTLP_ENDPOINT must be an address such as http://collector:4317, not 'collector:4317'.")]
    public async Task A_setting_that_is_wrong_is_named_in_a_sentence(string name, string value, string sentence)
    {
        var result = await ServerProcess.RunAsync([], ServerProcess.Anonymous, (name, value));

        Assert.Equal((1, sentence, ""), (result.ExitCode, result.Error.TrimEnd(), result.Output));
    }

    private static async Task AssertServedBesideAsync(string[] arguments, params (string, string)[] environment)
    {
        var port = FreePort.Next();
        await using var server = await ServerProcess.StartAsync(arguments, [ServerProcess.Anonymous, ("WSCORE__METRICS__PORT", $"{port}"), .. environment]);
        var own = await server.LineAsync($":{port}");

        Assert.Contains("Now listening on", own, StringComparison.Ordinal);
        Assert.Equal(200, (await GetAsync(new Uri($"http://127.0.0.1:{port}"), "/metrics")).Status);
        foreach (var address in server.Addresses.Where(address => address.Port != port))
        {
            Assert.Equal(200, (await GetAsync(address, "/health/live")).Status);
            Assert.Equal(404, (await GetAsync(address, "/metrics")).Status);
        }

        Assert.True(server.Addresses.Count > 1, "it listens on one address only");
    }

    private static Task<HttpReply> GetAsync(Uri address, string path, string? more = null, string method = "GET", string host = "localhost")
    {
        string[] lines = [$"{method} {path} HTTP/1.1", $"Host: {host}", .. more is null ? [] : new[] { more }];
        return HttpProbe.SendAsync(address, HttpProbe.Request(lines));
    }
}
