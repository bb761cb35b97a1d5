using WsCore.TestKit.Files;
using WsCore.TestKit.Net;
using WsCore.TestKit.Processes;

namespace WsCore.FunctionalTests.Server;

/// <summary>The page on <c>/</c>, and that only developers see it.</summary>
public sealed class PlaygroundTests
{
    [Fact]
    public async Task In_Development_the_page_is_served_with_its_policy_and_its_address_is_told()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Development);

        var reply = await GetAsync(server, "/?name=Ada");

        Assert.Equal(200, reply.Status);
        Assert.Equal(await File.ReadAllTextAsync(SourceTree.PathOf("src/WsCore.Server/Playground/index.html")), reply.BodyText);
        Assert.Equal("text/html; charset=utf-8", reply["Content-Type"]);
        Assert.Equal(
            "default-src 'none'; connect-src 'self' ws: wss:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
            + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
            reply["Content-Security-Policy"]);
        Assert.Equal("nosniff", reply["X-Content-Type-Options"]);
        Assert.Equal("no-referrer", reply["Referrer-Policy"]);
        Assert.Equal("no-cache", reply["Cache-Control"]);
        Assert.Contains(server.Address.ToString(), await server.LineAsync("playground"), StringComparison.Ordinal);
    }

    [Fact]
    public async Task In_Development_the_default_namespace_shows_who_is_there()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Development);
        await using var socket = await RawWebSocket.ConnectAsync(server.AddressOf("/ws"));
        await socket.ReceiveJsonAsync();

        await socket.SendTextAsync("""{"type":"join","room":"lobby","id":"1"}""");
        Assert.Equal("ack", (await socket.ReceiveJsonAsync()).GetProperty("type").GetString());
        await socket.SendTextAsync("""{"type":"members","room":"lobby","id":"2"}""");
        Assert.Equal("ack", (await socket.ReceiveJsonAsync()).GetProperty("type").GetString());
    }

    [Fact]
    public async Task Outside_Development_there_is_no_page()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        Assert.Equal(404, (await GetAsync(server, "/")).Status);
    }

    [Fact]
    public async Task A_WebSocket_end_point_on_the_same_path_goes_before_the_page()
    {
        await using var server = await ServerProcess.StartAsync(["--WsCore:Path=/"], ServerProcess.Development);
        await using var socket = await RawWebSocket.ConnectAsync(server.AddressOf("/"));

        Assert.Equal("welcome", (await socket.ReceiveJsonAsync()).GetProperty("type").GetString());
    }

    private static Task<HttpReply> GetAsync(ServerProcess server, string path) =>
        HttpProbe.SendAsync(server.Address, HttpProbe.Request($"GET {path} HTTP/1.1", "Host: localhost"));
}
