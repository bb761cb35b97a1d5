using WsCore.ClientTests.Script;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Rooms;

/// <summary>A join of a room that the client is in already, refused: the server leaves it in the room as it was, and so does the client.</summary>
public sealed class RefusedRejoinTests
{
    [Fact]
    public async Task The_room_stays_joined_as_it_was()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7), new JoinOptions { State = Payload.FromText("old") });
        var joining = script.Client.JoinAsync("lobby", new JoinOptions { State = Payload.FromText("new") });
        var join = await script.Connection.ExpectJoinAsync();
        Assert.Equal("\"new\"", join.State("lobby"));
        await join.AckAsync(ScriptedJoin.Refused("forbidden"));
        Assert.Equal("forbidden", (await Assert.ThrowsAsync<RequestException>(() => joining.WithTimeout(ScriptedConnection.Patience))).Code);
        await script.Connection.SendAsync(Text.Numbered("lobby", 8));

        Assert.Equal(["8"], await script.Messages.PayloadsAsync(script.Connection));
        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is RemovedEvent or GapEvent);
        await script.Connection.NothingMoreAsync(script.Client);
        await script.ReconnectAsync();
        var rejoin = await script.Connection.ExpectJoinAsync();
        Assert.Equal((new Position("e", 8), "\"old\""), (rejoin.Since("lobby"), rejoin.State("lobby")));
    }

    [Fact]
    public async Task What_came_while_it_was_asked_for_from_elsewhere_is_fetched()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        var joining = script.Client.JoinAsync("lobby", new JoinOptions { Since = new Position("e", 3) });
        var join = await script.Connection.ExpectJoinAsync();
        await SayAsync(script, 8, 9);
        await join.AckAsync(ScriptedJoin.Refused("forbidden"));
        await Assert.ThrowsAsync<RequestException>(() => joining.WithTimeout(ScriptedConnection.Patience));

        var again = await script.Connection.ExpectJoinAsync();
        Assert.Equal(new Position("e", 7), again.Since("lobby"));
        await again.AckAsync(Text.At(9) + ",\"recovered\":true");
        await SayAsync(script, 8, 9, 10);
        Assert.Equal(["8", "9", "10"], await script.Messages.PayloadsAsync(script.Connection));
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task What_it_missed_and_may_not_have_any_more_takes_the_client_out_of_the_room()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { InboxSize = 10 });
        await script.JoinAsync("lobby", Text.At(0));
        await new ScriptedRoom("lobby").SayAsync(script.Connection, 15);
        await script.Connection.HandledAsync(script.Client);
        await script.Messages.NextAsync(10);
        await (await script.Connection.ExpectJoinAsync()).AckAsync(ScriptedJoin.Refused("forbidden"));

        Assert.Equal("lobby", (await script.Connection.ExpectAsync("leave")).Text("room"));
        Assert.Equal(new RemovedEvent("lobby", "forbidden", "Because."), await script.Events.NextAsync<RemovedEvent>());
        await script.Connection.NothingMoreAsync(script.Client);
        await script.ReconnectAsync();
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task A_refused_join_from_elsewhere_costs_nothing_where_nothing_was_missed()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        var joining = script.Client.JoinAsync("lobby", new JoinOptions { Since = new Position("e", 3) });
        await (await script.Connection.ExpectJoinAsync()).AckAsync(ScriptedJoin.Refused("forbidden"));
        await Assert.ThrowsAsync<RequestException>(() => joining.WithTimeout(ScriptedConnection.Patience));
        var pinging = script.Client.PingAsync();
        var next = await script.Connection.NextAsync();
        while (next.Type != "ping")
        {
            if (next.Type == "join")
            {
                await new ScriptedJoin(script.Connection, next.Json).AckAsync(ScriptedJoin.Refused("forbidden"));
            }

            next = await script.Connection.NextAsync();
        }

        await script.Connection.PongAsync(next.Json);
        await pinging.WithTimeout(ScriptedConnection.Patience);
        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is RemovedEvent);
    }

    [Fact]
    public async Task Another_who_wants_it_from_elsewhere_too_is_asked_for_as_well()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        var one = script.Client.JoinAsync("lobby", new JoinOptions { Since = new Position("e", 3) });
        var join = await script.Connection.ExpectJoinAsync();
        var two = script.Client.JoinAsync("lobby", new JoinOptions { Since = new Position("e", 3) });
        await join.AckAsync(ScriptedJoin.Refused("internal_error"));
        await Assert.ThrowsAsync<RequestException>(() => one.WithTimeout(ScriptedConnection.Patience));
        Assert.Equal(new Position("e", 3), (await script.Connection.ExpectJoinAsync()).Since("lobby"));
    }

    private static async Task SayAsync(ClientScript script, params long[] numbers)
    {
        foreach (var seq in numbers)
        {
            await script.Connection.SendAsync(Text.Numbered("lobby", seq));
        }
    }
}
