using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Connections;

/// <summary>What the client does when a server that stops says <c>reconnect</c>.</summary>
public sealed class ReconnectMessageTests
{
    private static readonly TimeSpan After = TimeSpan.FromMilliseconds(2350);

    [Fact]
    public async Task It_opens_the_new_connection_at_the_time_told_and_then_closes_the_old_one()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        var old = script.Connection;
        await TellAsync(script);
        await old.NothingMoreAsync(script.Client); // all works as before

        var attempt = await script.AttemptAfterAsync(After);
        await old.NothingMoreAsync(script.Client);
        var next = attempt.Accept();
        await old.NothingMoreAsync(script.Client); // the new one has no welcome yet
        await next.WelcomeAsync(new WelcomeText { Connection = "c2" });
        var join = await next.ExpectJoinAsync();
        Assert.Equal(new Position("e", 7), join.Since("lobby"));
        await join.AckAsync(Text.At(7) + ",\"recovered\":true");

        Assert.Equal(1000, await old.ExpectCloseAsync());
        await next.NothingMoreAsync(script.Client);
        Assert.Equal("c2", script.Client.Welcome!.Connection);
        Assert.Equal(2, script.Server.Attempts);
        next.Drop();
    }

    [Fact]
    public async Task No_time_at_all_means_at_once()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var old = script.Connection;
        await TellAsync(script, 0);

        await script.AcceptAsync();
        Assert.Equal(1000, await old.ExpectCloseAsync());
    }

    [Fact]
    public async Task When_the_close_comes_first_it_waits_for_what_is_left_of_the_time()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await TellAsync(script);
        await script.Connection.HandledAsync(script.Client);
        script.Clock.Advance(TimeSpan.FromMilliseconds(1000));
        await script.Connection.CloseAsync(4200);

        var retryIn = (await script.Events.NextAsync<DisconnectedEvent>()).RetryIn;
        Assert.Equal(1350, retryIn!.Value.TotalMilliseconds, 1.0);
        (await script.AttemptAfterAsync(TimeSpan.FromMilliseconds(1350))).Accept();
        Assert.Equal(2, script.Server.Attempts);
    }

    [Fact]
    public async Task A_new_connection_that_fails_leaves_the_old_one_alone()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var old = script.Connection;
        script.Random.Value = 0.5;
        await TellAsync(script);
        await old.HandledAsync(script.Client);
        (await script.AttemptAfterAsync(After)).Refuse();
        await old.NothingMoreAsync(script.Client);
        Assert.Equal(ClientState.Connected, script.Client.State);

        await old.CloseAsync(4200);
        Assert.Equal(TimeSpan.Zero, (await script.Events.NextAsync<DisconnectedEvent>()).RetryIn);
        await script.AcceptAsync(new WelcomeText { Connection = "c2" });
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task A_close_while_the_new_connection_is_made_does_not_make_another()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await TellAsync(script, 0);
        var attempt = await script.Server.AttemptAsync();
        await script.Connection.CloseAsync(4200);
        await script.Connection.ExpectCloseAsync();
        var next = attempt.Accept();
        await next.WelcomeAsync();

        await next.NothingMoreAsync(script.Client);
        Assert.Equal(2, script.Server.Attempts);
        next.Drop();
    }

    [Fact]
    public async Task What_the_old_connection_did_not_answer_is_repeated_on_the_new_one()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var old = script.Connection;
        var broadcasting = script.Client.BroadcastAsync("lobby", Payload.Null);
        var first = await old.ExpectAsync("broadcast");
        await TellAsync(script, 0);
        await script.AcceptAsync();
        Assert.Equal(1000, await old.ExpectCloseAsync());

        var second = await script.Connection.ExpectAsync("broadcast");
        Assert.Equal(first.GetProperty("once").GetString(), second.GetProperty("once").GetString());
        await script.Connection.AckAsync(second);
        await broadcasting.WithTimeout(ScriptedConnection.Patience);
    }

    private static Task TellAsync(ClientScript script, int after = 2350) =>
        script.Connection.SendAsync($$"""{"type":"reconnect","after":{{after}},"reason":"This node is stopping; connect again."}""");
}
