using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Requests;

/// <summary>What happens to requests that get no answer.</summary>
public sealed class TimeoutTests
{
    [Theory]
    [InlineData("members")]
    [InlineData("history")]
    [InlineData("online")]
    [InlineData("ping")]
    [InlineData("state")]
    [InlineData("broadcast")]
    public async Task Without_an_answer_a_request_without_a_once_ends_in_a_timeout(string type)
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { RequestTimeout = TimeSpan.FromSeconds(4) });
        var waiting = Ask(script.Client, type);
        await script.Connection.ExpectAsync(type);
        await script.TimerAsync(TimeSpan.FromSeconds(4));
        script.Clock.Advance(TimeSpan.FromSeconds(3.9));
        Assert.False(waiting.IsCompleted);
        script.Clock.Advance(TimeSpan.FromSeconds(1.1)); // a sweep may come up to a second later

        await Assert.ThrowsAsync<TimeoutException>(() => waiting.WithTimeout(ScriptedConnection.Patience));
        Assert.Equal(ClientState.Connected, script.Client.State);
    }

    [Fact]
    public async Task A_server_that_does_not_answer_a_join_is_taken_for_gone()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { RequestTimeout = TimeSpan.FromSeconds(4) });
        var joining = script.Client.JoinAsync("lobby");
        await script.Connection.ExpectAsync("join");
        await script.PassAsync(TimeSpan.FromSeconds(4));

        await Assert.ThrowsAsync<TimeoutException>(() => joining.WithTimeout(ScriptedConnection.Patience));
        await script.AcceptAsync();
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task A_join_that_is_lost_with_its_connection_is_not_waited_for_any_more()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        await Eventually.Equal(1, () => script.Clock.ArmedTimers, "the heartbeat's", ScriptedConnection.Patience);
        await script.ReconnectAsync();
        await script.Connection.ExpectJoinAsync();
        await script.RejoinAsync();

        await Eventually.Equal(1, () => script.Clock.ArmedTimers, "the heartbeat's", ScriptedConnection.Patience);
    }

    [Theory]
    [InlineData("members")]
    [InlineData("broadcast with once")]
    public async Task A_cancelled_request_is_not_waited_for_any_more(string type)
    {
        await using var script = await ClientScript.ConnectedAsync();
        using var cancellation = new CancellationTokenSource();
        Task waiting = type == "members"
            ? script.Client.MembersAsync("lobby", cancellation: cancellation.Token)
            : script.Client.BroadcastAsync("lobby", Payload.Null, cancellation: cancellation.Token);
        var request = (await script.Connection.NextAsync()).Json;
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => waiting.WithTimeout(ScriptedConnection.Patience));

        await script.Connection.AckAsync(request); // too late, and harmless
        await script.Connection.NothingMoreAsync(script.Client);
        await script.ReconnectAsync();
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task What_is_cancelled_from_the_start_is_not_sent()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(
            () => script.Client.BroadcastAsync("lobby", Payload.Null, cancellation: new CancellationToken(canceled: true)).WithTimeout(ScriptedConnection.Patience));

        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task Disposing_ends_everything_that_waits()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var waiting = new List<Task>();
        foreach (var type in (string[])["members", "history", "online", "ping", "state", "join", "broadcast", "send", "call"])
        {
            waiting.Add(Ask(script.Client, type));
            await script.Connection.ExpectAsync(type);
        }

        var reading = script.Messages.Ask();
        script.Connection.Drop();
        await script.Server.AttemptAsync();
        waiting.Add(script.Client.BroadcastAsync("lobby", Payload.Null));
        await script.Client.DisposeAsync().WithTimeout(ScriptedConnection.Patience);

        foreach (var task in waiting)
        {
            var thrown = await Assert.ThrowsAnyAsync<Exception>(() => task.WithTimeout(ScriptedConnection.Patience));
            Assert.True(thrown is ObjectDisposedException or ConnectionClosedException, thrown.ToString());
        }

        Assert.False(await reading.WithTimeout(ScriptedConnection.Patience));
        Assert.Throws<ObjectDisposedException>(() => { script.Client.Post("lobby", Payload.Null); });
        await Assert.ThrowsAsync<ObjectDisposedException>(() => script.Client.PingAsync().WithTimeout(ScriptedConnection.Patience));
        await Eventually.Equal(0, () => script.Clock.ArmedTimers);
    }

    [Fact]
    public async Task Disposing_leaves_no_timer_behind_for_what_was_to_be_asked_again_later()
    {
        await using var script = await ClientScript.ConnectedAsync();
        _ = script.Client.BroadcastAsync("lobby", Payload.Null);
        await script.Connection.ErrorAsync(await script.Connection.ExpectAsync("broadcast"), "unavailable", 60_000);
        _ = script.Client.JoinAsync("lobby");
        await (await script.Connection.ExpectJoinAsync()).AckAsync(ScriptedJoin.Refused("unavailable", 60_000));
        await script.Connection.HandledAsync(script.Client);
        script.Connection.Drop();
        await script.Client.DisposeAsync().WithTimeout(ScriptedConnection.Patience);

        await Eventually.Equal(0, () => script.Clock.ArmedTimers, timeout: ScriptedConnection.Patience);
    }

    private static Task Ask(WsClient client, string type) => type switch
    {
        "members" => client.MembersAsync("lobby"),
        "history" => client.HistoryAsync("lobby"),
        "online" => client.OnlineAsync(["ada"]),
        "ping" => client.PingAsync(),
        "state" => client.ShowAsync("lobby", Payload.Null),
        "join" => client.JoinAsync("lobby"),
        "send" => client.SendAsync("ada", Payload.Null),
        "call" => client.CallAsync("orders.latest"),
        _ => client.BroadcastAsync("lobby", Payload.Null, new BroadcastOptions { Ephemeral = true }),
    };
}
