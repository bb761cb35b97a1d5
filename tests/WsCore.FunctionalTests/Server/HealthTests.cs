using WsCore.TestKit.Net;
using WsCore.TestKit.Processes;

namespace WsCore.FunctionalTests.Server;

/// <summary>Health, and the orderly stop.</summary>
public sealed class HealthTests
{
    [Theory]
    [InlineData("/health/live")]
    [InlineData("/health/ready")]
    public async Task A_running_server_is_healthy_and_the_answer_is_not_cached(string path)
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        var reply = await GetAsync(server, path);

        Assert.Equal(200, reply.Status);
        Assert.Equal("Healthy", reply.BodyText);
        Assert.Equal("text/plain", reply["Content-Type"]);
        Assert.Contains("no-store", reply["Cache-Control"], StringComparison.Ordinal);
    }

    [Fact]
    public async Task SIGTERM_closes_connections_with_4200_and_the_exit_code_is_0()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);
        await using var socket = await RawWebSocket.ConnectAsync(server.AddressOf("/ws"));
        await socket.ReceiveJsonAsync();

        server.Terminate();
        var close = await socket.ReceiveCloseAsync();
        await socket.SendCloseAsync(close.Code);
        await socket.ExpectEofAsync();
        var result = await server.WaitAsync();

        Assert.Equal(4200, close.Code);
        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Error);
    }

    [Fact]
    public async Task SIGTERM_lets_many_connections_go_at_the_pace_and_the_exit_code_is_0()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous, ("WSCORE__DRAIN__CLOSESPERSECOND", "100"));
        var sockets = new List<RawWebSocket>();
        for (var i = 0; i < 30; i++)
        {
            sockets.Add(await RawWebSocket.ConnectAsync(server.AddressOf("/ws")));
            await sockets[i].ReceiveJsonAsync();
        }

        server.Terminate();
        foreach (var socket in sockets)
        {
            var reconnect = await socket.ReceiveJsonAsync();
            Assert.Equal("reconnect", reconnect.GetProperty("type").GetString());
            Assert.InRange(reconnect.GetProperty("after").GetInt64(), 0, 300);
            Assert.Equal(4200, (await socket.ReceiveCloseAsync()).Code);
            await socket.SendCloseAsync(4200);
            await socket.ExpectEofAsync();
            await socket.DisposeAsync();
        }

        var result = await server.WaitAsync();
        Assert.Equal(0, result.ExitCode);
        Assert.Empty(result.Error);
        Assert.Contains("\"Connections\":30", result.Output, StringComparison.Ordinal);
        Assert.Contains("\"Cut\":0", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_a_connection_is_slow_to_close_the_server_is_alive_but_not_ready()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous, ("WSCORE__LIMITS__CLOSETIMEOUT", "1m"));
        await using var socket = await RawWebSocket.ConnectAsync(server.AddressOf("/ws"));
        await socket.ReceiveJsonAsync();
        server.Terminate();
        var close = await socket.ReceiveCloseAsync(); // and not answered yet: the server waits for that

        Assert.Equal(200, (await GetAsync(server, "/health/live")).Status);
        Assert.Equal(503, (await GetAsync(server, "/health/ready")).Status);
        await using var late = await RawWebSocket.ConnectAsync(server.AddressOf("/ws"));
        Assert.Equal(503, late.Handshake.Status);

        await socket.SendCloseAsync(close.Code);
        var result = await server.WaitAsync();
        Assert.Equal(0, result.ExitCode);
        Assert.DoesNotContain("\"Level\":\"Error\"", result.Output, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_connection_that_never_answers_the_close_does_not_keep_the_server_from_stopping()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous, ("WSCORE__LIMITS__CLOSETIMEOUT", "1s"));
        await using var socket = await RawWebSocket.ConnectAsync(server.AddressOf("/ws"));
        await socket.ReceiveJsonAsync();

        server.Terminate();
        var result = await server.WaitAsync();

        Assert.Equal(0, result.ExitCode);
        Assert.Equal(4200, (await socket.ReceiveCloseAsync()).Code);
    }

    private static Task<HttpReply> GetAsync(ServerProcess server, string path) =>
        HttpProbe.SendAsync(server.Address, HttpProbe.Request($"GET {path} HTTP/1.1", "Host: localhost"));
}
