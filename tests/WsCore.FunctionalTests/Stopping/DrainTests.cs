using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using WsCore.Hosting;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Stopping;

/// <summary>How a node lets its clients go, by a clock that the test moves.</summary>
public sealed class DrainTests
{
    [Fact]
    public async Task Everybody_is_told_when_to_go_and_closed_at_the_pace_while_nobody_else_is_let_in()
    {
        await using var application = await StartAsync(drain => drain.ClosesPerSecond = 1);
        var clients = new List<ChatClient>();
        for (var i = 0; i < 4; i++)
        {
            clients.Add(await application.ConnectAsync());
        }

        Assert.Equal(200, (await ReadyAsync(application)).Status);
        var stopping = application.StopAsync();
        var told = new List<long>();
        foreach (var client in clients)
        {
            var reconnect = await client.NextAsync("reconnect"); // before its close, or this would fail
            told.Add(reconnect.Json.GetProperty("after").GetInt64());
            Assert.Equal("This node is stopping; connect again.", reconnect.Json.Text("reason"));
        }

        Assert.All(told, after => Assert.InRange(after, 0, 3000));
        Assert.Equal(503, (await ReadyAsync(application)).Status);
        await using (var late = await RawWebSocket.ConnectAsync(application.Address))
        {
            Assert.Equal(503, late.Handshake.Status);
            Assert.Equal("1", late.Handshake["Retry-After"]);
        }

        for (var closed = 1; closed <= 4; closed++)
        {
            Assert.Equal(closed, Closing(application));
            application.Time.Advance(TimeSpan.FromMilliseconds(900));
            Assert.Equal(closed, Closing(application));
            application.Time.Advance(TimeSpan.FromMilliseconds(100.1));
        }

        Assert.False(stopping.IsCompleted);
        foreach (var client in clients)
        {
            Assert.Equal(4200, (await client.ClosedAsync()).Code);
        }

        await stopping.WithTimeout();
        Assert.Equal(0, application.Node.DrainCut);
        Assert.All(application.Errors, error => Assert.Contains("Health check wscore", error, StringComparison.Ordinal)); // the platform's line for a red check
    }

    [Fact]
    public async Task Who_is_told_later_is_served_until_then()
    {
        await using var application = await StartAsync(drain => drain.ClosesPerSecond = 1);
        await using var one = await application.ConnectAsync();
        await using var other = await application.ConnectAsync();
        var stopping = application.StopAsync();
        await one.NextAsync("reconnect");
        await other.NextAsync("reconnect");
        var served = application.Node.Connections.Single(connection => !connection.IsClosing).Id == one.Id ? one : other;

        await served.JoinAsync("lobby");
        await served.BroadcastAsync("lobby", "1");

        application.Time.Advance(TimeSpan.FromSeconds(2));
        await one.ClosedAsync();
        await other.ClosedAsync();
        await stopping.WithTimeout();
    }

    [Fact]
    public async Task Clients_that_go_when_told_are_not_waited_for()
    {
        await using var application = await StartAsync(drain => drain.ClosesPerSecond = 1);
        await using var first = await application.ConnectAsync();
        await using var second = await application.ConnectAsync();
        await using var third = await application.ConnectAsync();

        var stopping = application.StopAsync();
        foreach (var client in (ChatClient[])[first, second, third])
        {
            await client.NextAsync("reconnect");
            await client.CloseAsync();
        }

        await stopping.WithTimeout(); // and no time has passed
    }

    [Fact]
    public async Task A_client_that_never_answers_is_cut_at_the_timeout()
    {
        await using var application = await StartAsync(
            drain => drain.Timeout = TimeSpan.FromSeconds(2), limits => limits.CloseTimeout = TimeSpan.FromMinutes(1));
        await using var socket = await application.ConnectRawAsync();

        var stopping = application.StopAsync();
        Assert.Equal("reconnect", (await socket.ReceiveJsonAsync()).Text("type"));
        Assert.Equal(4200, (await socket.ReceiveCloseAsync()).Code); // not answered
        application.Time.Advance(TimeSpan.FromSeconds(1.9));
        Assert.False(stopping.IsCompleted);
        application.Time.Advance(TimeSpan.FromSeconds(0.2));

        await stopping.WithTimeout();
        Assert.Equal(1, application.Node.DrainCut);
        await socket.DrainAsync();
    }

    [Fact]
    public async Task A_node_without_connections_stops_at_once()
    {
        await using var application = await StartAsync(drain => drain.ClosesPerSecond = 1);

        await application.StopAsync().WithTimeout();
    }

    private static int Closing(TestApplication application) => application.Node.Connections.Count(connection => connection.IsClosing);

    private static Task<HttpReply> ReadyAsync(TestApplication application) =>
        HttpProbe.SendAsync(application.Http, HttpProbe.Request("GET /ready HTTP/1.1", "Host: localhost"));

    private static Task<TestApplication> StartAsync(Action<DrainOptions> drain, Action<WsCore.Limits.LimitOptions>? limits = null) =>
        TestApplication.StartWithManualClockAsync(options =>
        {
            options.Services = services => services.AddHealthChecks().AddWsCore();
            options.Application = application => application.MapHealthChecks("/ready");
            options.Options = wsCore =>
            {
                drain(wsCore.Drain);
                limits?.Invoke(wsCore.Limits);
            };
        });
}
