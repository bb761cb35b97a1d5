using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Rooms;

/// <summary>Which state of several the server is given: the last that it took, or one that somebody wants and it has not answered.</summary>
public sealed class ShownStateTests
{
    [Fact]
    public async Task Shown_while_a_catch_up_is_postponed_it_is_not_taken_back()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { InboxSize = 10 });
        await script.JoinAsync("lobby", Text.At(0), new JoinOptions { State = Payload.FromText("old") });
        await new ScriptedRoom("lobby").SayAsync(script.Connection, 15);
        await script.Connection.HandledAsync(script.Client);
        await script.Messages.NextAsync(10);
        var join = await script.Connection.ExpectJoinAsync();
        await join.AckAsync("\"code\":\"unavailable\",\"message\":\"Because.\",\"retryAfter\":200");
        var showing = script.Client.ShowAsync("lobby", Payload.FromText("new"));
        await script.Connection.AckAsync(await script.Connection.ExpectAsync("state"));
        await showing.WithTimeout(ScriptedConnection.Patience);
        await script.PassAsync(TimeSpan.FromMilliseconds(200));
        var again = await script.Connection.ExpectJoinAsync();
        Assert.Equal("\"new\"", again.State("lobby"));
    }

    [Fact]
    public async Task Shown_while_a_join_is_open_it_is_given_with_the_next_reconnect()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(0), new JoinOptions { State = Payload.FromText("old") });
        var showing = script.Client.ShowAsync("lobby", Payload.FromText("new"));
        var state = await script.Connection.ExpectAsync("state");
        var joining = script.Client.JoinAsync("lobby");
        var join = await script.Connection.ExpectJoinAsync();
        await script.Connection.AckAsync(state);
        await showing.WithTimeout(ScriptedConnection.Patience);
        await join.AckAsync(Text.At(0));
        await joining.WithTimeout(ScriptedConnection.Patience);
        await script.ReconnectAsync();
        Assert.Equal("\"new\"", (await script.Connection.ExpectJoinAsync()).State("lobby"));
    }

    [Fact]
    public async Task Shown_while_a_wanted_state_is_postponed_it_is_the_last_word()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        _ = script.Client.JoinAsync("lobby", new JoinOptions { State = Payload.FromText("first") });
        await (await script.Connection.ExpectJoinAsync()).AckAsync(ScriptedJoin.Refused("unavailable", 200));
        var showing = script.Client.ShowAsync("lobby", Payload.FromText("second"));
        await script.Connection.AckAsync(await script.Connection.ExpectAsync("state"));
        await showing.WithTimeout(ScriptedConnection.Patience);
        await script.PassAsync(TimeSpan.FromMilliseconds(200));
        Assert.Equal("\"second\"", (await script.Connection.ExpectJoinAsync()).State("lobby"));
    }

    [Fact]
    public async Task A_state_that_was_wanted_is_asked_for_until_it_is_taken()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", options: new JoinOptions { State = Payload.FromText("old") });
        var joining = script.Client.JoinAsync("lobby", new JoinOptions { State = Payload.FromText("new") });
        await (await script.Connection.ExpectJoinAsync()).AckAsync(ScriptedJoin.Refused("unavailable", 200));
        await script.PassAsync(TimeSpan.FromMilliseconds(200));
        Assert.Equal("\"new\"", (await script.Connection.ExpectJoinAsync()).State("lobby"));

        await script.ReconnectAsync();
        var rejoin = await script.Connection.ExpectJoinAsync();
        Assert.Equal("\"new\"", rejoin.State("lobby"));
        await rejoin.AckAsync();
        await joining.WithTimeout(ScriptedConnection.Patience);
    }
}
