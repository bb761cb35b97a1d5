using System.Net;
using System.Net.Sockets;
using WsCore.TestKit.Net;
using WsCore.TestKit.Processes;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Processes;

/// <summary>Whether a server's process can be put through what the chaos does to it.</summary>
public sealed class ServerProcessTests
{
    [Fact]
    public async Task It_is_killed_and_comes_back_on_its_port()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous, ("WSCORE__NODE", "n1"));
        var address = server.Address;
        Assert.Equal("n1", await NodeAsync(server));

        await server.KillAsync();
        Assert.False(server.IsRunning);
        await Assert.ThrowsAnyAsync<SocketException>(() => LiveAsync(server));
        await server.RestartAsync();

        Assert.Equal(address, server.Address);
        Assert.Equal("n1", await NodeAsync(server));
    }

    [Fact]
    public async Task It_stops_in_order_and_comes_back_on_its_port()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        Assert.Equal(0, (await server.StopAsync()).ExitCode);
        await server.RestartAsync();

        Assert.Equal(200, (await LiveAsync(server)).Status);
    }

    [Fact]
    public async Task A_hung_one_answers_when_it_goes_on()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        server.Hang();
        await Eventually.Is(() => File.ReadAllText($"/proc/{server.ProcessId}/stat").Contains(") T ", StringComparison.Ordinal));
        var answer = LiveAsync(server);
        Assert.False(answer.IsCompleted);
        server.Continue();

        Assert.Equal(200, (await answer).Status);
    }

    [Fact]
    public async Task A_hung_one_can_be_killed()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous);

        server.Hang();
        await server.KillAsync();

        Assert.False(server.IsRunning);
    }

    [Fact]
    public void A_port_is_given_once_and_free()
    {
        var ports = Enumerable.Range(0, 50).Select(_ => FreePort.Next()).ToList();

        Assert.Equal(50, ports.Distinct().Count());
        using var listener = new TcpListener(IPAddress.Loopback, ports[^1]);
        listener.Start();
    }

    private static Task<HttpReply> LiveAsync(ServerProcess server) =>
        HttpProbe.SendAsync(server.Address, HttpProbe.Request("GET /health/live HTTP/1.1", "Host: localhost"));

    private static async Task<string?> NodeAsync(ServerProcess server)
    {
        await using var socket = await RawWebSocket.ConnectAsync(server.AddressOf("/ws"));
        return (await socket.ReceiveJsonAsync()).GetProperty("node").GetString();
    }
}
