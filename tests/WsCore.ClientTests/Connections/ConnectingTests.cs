using WsCore.ClientTests.Script;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Connections;

/// <summary>The way to the first <c>welcome</c>.</summary>
public sealed class ConnectingTests
{
    [Fact]
    public async Task Who_asks_before_connecting_is_told_to_connect()
    {
        await using var script = new ClientScript();
        var thrown = await Assert.ThrowsAsync<InvalidOperationException>(() => script.Client.JoinAsync("lobby").WithTimeout(ScriptedConnection.Patience));
        Assert.Contains("ConnectAsync", thrown.Message, StringComparison.Ordinal);
        await Assert.ThrowsAsync<InvalidOperationException>(() => script.Client.PingAsync().WithTimeout(ScriptedConnection.Patience));
    }

    [Fact]
    public async Task Connecting_ends_with_the_welcome()
    {
        await using var script = new ClientScript();
        Assert.Equal(ClientState.New, script.Client.State);
        var connecting = script.Client.ConnectAsync();
        var connection = await script.Server.AcceptAsync();
        Assert.Equal(ClientState.Connecting, script.Client.State);
        Assert.False(connecting.IsCompleted);
        Assert.Null(script.Client.Welcome);

        await connection.WelcomeAsync(new WelcomeText
        {
            Connection = "Vx3kq9",
            User = "ada",
            HeartbeatInterval = TimeSpan.FromMilliseconds(25_000),
            HeartbeatTimeout = TimeSpan.FromMilliseconds(9_000),
            MessageBytes = 70_000,
            MessagesPerSecond = 12.5,
            Burst = 25,
            Self = new Position("k3", 7),
        });
        await connecting.WithTimeout(ScriptedConnection.Patience);

        Assert.Equal(ClientState.Connected, script.Client.State);
        var expected = new Welcome("Vx3kq9", "ada", "script", DateTimeOffset.FromUnixTimeMilliseconds(1767268800000))
        {
            HeartbeatInterval = TimeSpan.FromSeconds(25),
            HeartbeatTimeout = TimeSpan.FromSeconds(9),
            MaxMessageBytes = 70_000,
            MessagesPerSecond = 12.5,
            Burst = 25,
            Self = new Position("k3", 7),
        };
        Assert.Equal(expected, script.Client.Welcome);
        Assert.Equal(expected, (await script.Events.NextAsync<ConnectedEvent>()).Welcome);
    }

    [Fact]
    public async Task A_welcome_without_a_user_or_a_position_is_one_of_an_anonymous_connection()
    {
        await using var script = await ClientScript.ConnectedAsync();

        Assert.Null(script.Client.Welcome!.User);
        Assert.Null(script.Client.Welcome.Self);
    }

    [Fact]
    public async Task A_welcome_that_tells_no_limits_sets_none()
    {
        await using var script = new ClientScript();
        var connecting = script.Client.ConnectAsync();
        var connection = await script.Server.AcceptAsync();
        await connection.SendAsync("""{"type":"welcome","connection":"c1","node":"script","time":1767268800000}""");
        await connecting.WithTimeout(ScriptedConnection.Patience);
        _ = script.Client.BroadcastAsync("lobby", Payload.FromText(new string('x', 1 << 20)));

        Assert.Equal((1 << 20) + 2, (await connection.ExpectAsync("broadcast")).Raw("payload").Length);
    }

    [Fact]
    public async Task A_second_ConnectAsync_waits_for_the_same_connection()
    {
        await using var script = new ClientScript();
        var first = script.Client.ConnectAsync();
        var second = script.Client.ConnectAsync();
        await script.AcceptAsync();
        await first.WithTimeout(ScriptedConnection.Patience);
        await second.WithTimeout(ScriptedConnection.Patience);
        await script.Client.ConnectAsync().WithTimeout(ScriptedConnection.Patience);

        Assert.Equal(1, script.Server.Attempts);
    }

    [Fact]
    public async Task ConnectAsync_keeps_at_it_until_there_is_a_connection()
    {
        await using var script = new ClientScript();
        var connecting = script.Client.ConnectAsync();
        for (var i = 0; i < 5; i++)
        {
            (await script.Server.AttemptAsync()).Refuse();
        }

        Assert.False(connecting.IsCompleted);
        await script.AcceptAsync();
        await connecting.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task ConnectAsync_can_be_cancelled()
    {
        await using var script = new ClientScript();
        using var cancellation = new CancellationTokenSource();
        var connecting = script.Client.ConnectAsync(cancellation.Token);
        await script.Server.AttemptAsync();
        await cancellation.CancelAsync();

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => connecting.WithTimeout(ScriptedConnection.Patience));
    }

    [Fact]
    public async Task A_handshake_that_hangs_is_given_up_after_the_time_for_connecting()
    {
        await using var script = new ClientScript(options => options with { ConnectTimeout = TimeSpan.FromSeconds(3) });
        var connecting = script.Client.ConnectAsync();
        var hanging = await script.Server.AttemptAsync();
        await script.TimerAsync(TimeSpan.FromSeconds(3));
        script.Clock.Advance(TimeSpan.FromSeconds(2.9));
        Assert.False(hanging.GivenUp.IsCompleted);
        script.Clock.Advance(TimeSpan.FromSeconds(0.2));
        await hanging.GivenUp.WithTimeout(ScriptedConnection.Patience);

        var disconnected = await script.Events.NextAsync<DisconnectedEvent>();
        Assert.Equal((1006, TimeSpan.Zero), (disconnected.CloseCode, disconnected.RetryIn));
        await script.AcceptAsync();
        await connecting.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task A_connection_without_a_welcome_is_given_up_after_the_time_for_connecting()
    {
        await using var script = new ClientScript(options => options with { ConnectTimeout = TimeSpan.FromSeconds(3) });
        var connecting = script.Client.ConnectAsync();
        var silent = await script.Server.AcceptAsync();
        await script.PassAsync(TimeSpan.FromSeconds(3));
        await silent.EndAsync();

        Assert.Equal(1006, (await script.Events.NextAsync<DisconnectedEvent>()).CloseCode);
        await script.AcceptAsync();
        await connecting.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task The_time_for_connecting_is_for_handshake_and_welcome_together()
    {
        await using var script = new ClientScript(options => options with { ConnectTimeout = TimeSpan.FromSeconds(3) });
        _ = script.Client.ConnectAsync();
        var attempt = await script.Server.AttemptAsync();
        await script.TimerAsync(TimeSpan.FromSeconds(3));
        script.Clock.Advance(TimeSpan.FromSeconds(2));
        var silent = attempt.Accept();
        await script.PassAsync(TimeSpan.FromSeconds(1));

        await silent.EndAsync();
    }

    [Fact]
    public async Task A_welcome_in_time_is_in_time_however_late_its_news_is()
    {
        for (var round = 0; round < 5; round++)
        {
            await using var script = new ClientScript(options => options with { Time = new SlowHeartbeat(options.Time, TimeSpan.FromSeconds(16)) });
            var connecting = script.Client.ConnectAsync();
            await script.AcceptAsync();
            await connecting.WithTimeout(ScriptedConnection.Patience);

            await script.Connection.NothingMoreAsync(script.Client);
            Assert.Equal(1, script.Server.Attempts);
        }
    }

    [Fact]
    public async Task Closed_normally_before_its_welcome_there_will_be_none()
    {
        await using var script = new ClientScript();
        var connecting = script.Client.ConnectAsync();
        await (await script.Server.AcceptAsync()).CloseAsync(1000);

        Assert.Equal(1000, (await Assert.ThrowsAsync<ConnectionClosedException>(() => connecting.WithTimeout(ScriptedConnection.Patience))).CloseCode);
        Assert.Equal(ClientState.Closed, script.Client.State);
    }

    [Fact]
    public async Task Sent_elsewhere_before_its_welcome_it_goes_within_a_second()
    {
        await using var script = new ClientScript();
        script.Random.Value = 0.75;
        _ = script.Client.ConnectAsync();
        await (await script.Server.AcceptAsync()).CloseAsync(4200);

        await script.Events.NextAsync<DisconnectedEvent>();
        (await script.AttemptAfterAsync(TimeSpan.FromMilliseconds(750))).Accept();
    }

    [Fact]
    public async Task A_connection_that_ends_before_its_welcome_is_tried_again()
    {
        await using var script = new ClientScript();
        var connecting = script.Client.ConnectAsync();
        (await script.Server.AcceptAsync()).Drop();
        await (await script.Server.AcceptAsync()).CloseAsync(4103);
        Assert.Equal(1006, (await script.Events.NextAsync<DisconnectedEvent>()).CloseCode);
        Assert.Equal(4103, (await script.Events.NextAsync<DisconnectedEvent>()).CloseCode);

        await script.AcceptAsync();
        await connecting.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task Disposing_ends_what_waits_for_a_connection()
    {
        await using var script = new ClientScript();
        var connecting = script.Client.ConnectAsync();
        var hanging = await script.Server.AttemptAsync();
        await script.Client.DisposeAsync().WithTimeout(ScriptedConnection.Patience);

        await hanging.GivenUp.WithTimeout(ScriptedConnection.Patience);
        var thrown = await Assert.ThrowsAnyAsync<Exception>(() => connecting.WithTimeout(ScriptedConnection.Patience));
        Assert.True(thrown is ObjectDisposedException or ConnectionClosedException, thrown.ToString());
        Assert.Equal(ClientState.Closed, script.Client.State);
        await script.Client.Completion.WithTimeout(ScriptedConnection.Patience);
        await Assert.ThrowsAsync<ObjectDisposedException>(() => script.Client.ConnectAsync().WithTimeout(ScriptedConnection.Patience));
    }

    [Fact]
    public async Task Disposing_says_goodbye_with_1000_and_waits_for_the_answer()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var ending = script.Client.DisposeAsync().AsTask();
        Assert.Equal(1000, await script.Connection.ExpectCloseAsync());
        await Assert.ThrowsAsync<ObjectDisposedException>(() => script.Client.PingAsync().WithTimeout(ScriptedConnection.Patience));
        await script.Connection.CloseAsync(1000);

        await ending.WithTimeout(ScriptedConnection.Patience);
        await script.Client.Completion.WithTimeout(ScriptedConnection.Patience);
        Assert.Equal(ClientState.Closed, script.Client.State);
        Assert.Equal(1, script.Server.Attempts);
    }

    [Fact]
    public async Task The_goodbye_takes_five_seconds_at_most()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var ending = script.Client.DisposeAsync().AsTask();
        Assert.Equal(1000, await script.Connection.ExpectCloseAsync());
        await script.PassAsync(TimeSpan.FromSeconds(5));

        await ending.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task Disposing_twice_is_harmless_and_so_is_disposing_what_never_connected()
    {
        await using var script = new ClientScript();
        await script.Client.DisposeAsync().WithTimeout(ScriptedConnection.Patience);
        await script.Client.DisposeAsync().WithTimeout(ScriptedConnection.Patience);

        await script.Client.Completion.WithTimeout(ScriptedConnection.Patience);
        Assert.Equal(0, script.Server.Attempts);
    }

    /// <summary>A clock that moves on by so much when a heartbeat is made, which is between the welcome and its news.</summary>
    private sealed class SlowHeartbeat(TimeProvider clock, TimeSpan by) : TimeProvider
    {
        public override long TimestampFrequency => clock.TimestampFrequency;

        public override long GetTimestamp()
        {
            for (var i = 0; i < 16; i++)
            {
                ThreadPool.UnsafeQueueUserWorkItem(static _ => Thread.SpinWait(20_000), null); // so that the news has to wait for a thread
            }

            return clock.GetTimestamp();
        }

        public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
        {
            if (state is Client.Connections.Heartbeat)
            {
                ((ManualTimeProvider)clock).Advance(by);
            }

            return clock.CreateTimer(callback, state, dueTime, period);
        }
    }
}
