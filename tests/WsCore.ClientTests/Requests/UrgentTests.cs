using WsCore.ClientTests.Script;
using WsCore.TestKit.Hosting;

namespace WsCore.ClientTests.Requests;

/// <summary>What does not stand behind a hundred posts, of which one a second may leave.</summary>
public sealed class UrgentTests
{
    private const int Burst = 20;
    private const int Sent = 18; // at once: the rest of the burst is kept
    private static readonly WelcomeText Welcome = new() { MessagesPerSecond = 1, Burst = Burst };

    [Fact]
    public async Task A_ping_of_the_heartbeat_is_sent_at_once()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: Welcome with { HeartbeatInterval = TimeSpan.FromMilliseconds(500) });
        await PostAsync(script, 100);
        await script.PassAsync(TimeSpan.FromMilliseconds(500));

        await script.Connection.PongAsync(await script.Connection.ExpectAsync("ping"));
        await script.Events.NewsAsync(script.Connection);
        Assert.Equal(1, script.Server.Attempts);
    }

    [Fact]
    public async Task A_join_is_sent_at_once_and_the_others_keep_their_order()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: Welcome);
        await PostAsync(script, 100);
        await script.JoinAsync("lobby");
        for (var i = Sent; i < 30; i++)
        {
            var next = script.Connection.ExpectAsync("broadcast");
            await script.UntilAsync(next, TimeSpan.FromSeconds(5));
            Assert.Equal($"{i}", (await next).Raw("payload"));
        }
    }

    [Fact]
    public async Task Joins_that_the_server_would_refuse_wait()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: Welcome);
        for (var i = 0; i < Burst; i++)
        {
            await script.JoinAsync($"room {i}");
        }

        _ = script.Client.JoinAsync("one more");
        await script.Events.NewsAsync(script.Connection);
        Assert.True(script.Connection.IsQuiet());
        await script.PassAsync(TimeSpan.FromSeconds(1));
        Assert.Equal(["one more"], (await script.Connection.ExpectJoinAsync()).Rooms);
    }

    private static async Task PostAsync(ClientScript script, int count)
    {
        for (var i = 0; i < count; i++)
        {
            Assert.True(script.Client.Post("elsewhere", Payload.FromJson(System.Text.Encoding.UTF8.GetBytes($"{i}"))));
        }

        for (var i = 0; i < Sent; i++)
        {
            Assert.Equal($"{i}", (await script.Connection.ExpectAsync("broadcast")).Raw("payload"));
        }
    }
}
