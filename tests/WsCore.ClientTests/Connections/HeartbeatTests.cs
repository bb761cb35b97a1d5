using WsCore.ClientTests.Script;

namespace WsCore.ClientTests.Connections;

/// <summary>How the client notices a server that is dead: 25 s of silence, then 10 s for an answer.</summary>
public sealed class HeartbeatTests
{
    private static readonly TimeSpan Second = TimeSpan.FromSeconds(1);

    [Fact]
    public async Task Silence_for_the_interval_is_answered_with_a_ping_and_its_pong_starts_it_anew()
    {
        await using var script = await ConnectedAsync();
        for (var i = 0; i < 3; i++)
        {
            await script.TimerAsync(25 * Second);
            script.Clock.Advance(24.9 * Second);
            Assert.True(script.Connection.IsQuiet());
            script.Clock.Advance(0.2 * Second);
            await script.Connection.PongAsync(await script.Connection.ExpectAsync("ping"));
            await script.Events.NewsAsync(script.Connection); // handled, without a further ping in between
        }

        Assert.Equal(1, script.Server.Attempts);
    }

    [Fact]
    public async Task Whatever_comes_is_a_sign_of_life()
    {
        await using var script = await ConnectedAsync();
        for (var i = 0; i < 4; i++)
        {
            await script.TimerAsync(25 * Second);
            script.Clock.Advance(20 * Second);
            await script.Events.NewsAsync(script.Connection);
            Assert.True(script.Connection.IsQuiet());
        }

        script.Clock.Advance(26 * Second);
        await script.Connection.ExpectAsync("ping");
    }

    [Fact]
    public async Task A_ping_without_any_answer_ends_the_connection_and_the_client_comes_back()
    {
        await using var script = await ConnectedAsync();
        var dead = script.Connection;
        await script.PassAsync(25 * Second);
        await dead.ExpectAsync("ping");
        await script.TimerAsync(10 * Second);
        script.Clock.Advance(9.9 * Second);
        Assert.Equal(1, script.Server.Attempts);
        script.Clock.Advance(0.2 * Second);

        await script.AcceptAsync();
        Assert.NotNull((await script.Events.NextAsync<DisconnectedEvent>()).RetryIn);
        await script.Connection.NothingMoreAsync(script.Client);
        await dead.EndAsync(); // it was cut
    }

    [Fact]
    public async Task Why_it_ended_the_connection_is_told()
    {
        await using var script = await ConnectedAsync();
        await script.PassAsync(25 * Second);
        await script.Connection.ExpectAsync("ping");
        await script.PassAsync(10 * Second);

        Assert.StartsWith("The server said nothing for 35", (await script.Events.NextAsync<DisconnectedEvent>()).Reason, StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_second_welcome_makes_no_second_heartbeat()
    {
        await using var script = await ConnectedAsync();
        var timers = script.Clock.ArmedTimers;
        await script.Connection.WelcomeAsync();
        await script.Events.NewsAsync(script.Connection);

        Assert.Equal(timers, script.Clock.ArmedTimers);
    }

    [Fact]
    public async Task A_message_instead_of_the_pong_will_do()
    {
        await using var script = await ConnectedAsync();
        await script.PassAsync(25 * Second);
        await script.Connection.ExpectAsync("ping");
        script.Clock.Advance(9 * Second);
        await script.Events.NewsAsync(script.Connection);
        script.Clock.Advance(9 * Second);
        await script.Events.NewsAsync(script.Connection);

        Assert.Equal(1, script.Server.Attempts);
    }

    [Fact]
    public async Task Each_connection_has_the_heartbeat_of_its_welcome()
    {
        await using var script = await ConnectedAsync();
        await script.ReconnectAsync(new WelcomeText { HeartbeatInterval = 5 * Second });
        await script.Events.NextAsync<DisconnectedEvent>();
        await script.Events.NextAsync<ConnectedEvent>();

        await script.TimerAsync(5 * Second);
        script.Clock.Advance(script.Clock.UntilNextTimer!.Value);
        await script.Connection.PongAsync(await script.Connection.ExpectAsync("ping")); // in the same moment
        await script.Events.NewsAsync(script.Connection);
        await script.PassAsync(10 * Second); // which are silent, but not those after the ping
        await script.Connection.ExpectAsync("ping");
    }

    private static Task<ClientScript> ConnectedAsync() => ClientScript.ConnectedAsync(
        options => options with { RequestTimeout = TimeSpan.FromMinutes(1) },
        new WelcomeText { HeartbeatInterval = 25 * Second, HeartbeatTimeout = 10 * Second });
}
