using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Rooms;

/// <summary>Joining, leaving and being removed.</summary>
public sealed class MembershipTests
{
    [Fact]
    public async Task A_join_tells_how_the_room_stands()
    {
        await using var script = await ClientScript.ConnectedAsync();

        Assert.Equal(new Joined("plain", null, null, null), await script.JoinAsync("plain"));
        Assert.Equal(new Joined("lobby", new Position("e", 7), null, 3), await script.JoinAsync("lobby", Text.At(7) + ",\"count\":3"));
        Assert.Equal(
            new Joined("chat:7", new Position("e", 9), true, null),
            await script.JoinAsync("chat:7", Text.At(9) + ",\"recovered\":true", new JoinOptions { Since = new Position("e", 5) }));
    }

    [Fact]
    public async Task Position_and_state_are_given_as_they_are()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var joining = script.Client.JoinAsync("lobby", new JoinOptions { Since = new Position("e\"1", 0), State = Payload.FromJson("""{"mood":  "good", "n":1.50}"""u8.ToArray()) });
        var join = await script.Connection.ExpectJoinAsync();

        Assert.Equal(new Position("e\"1", 0), join.Since("lobby"));
        Assert.Equal("""{"mood":  "good", "n":1.50}""", join.State("lobby"));
        await join.AckAsync();
        await joining.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task A_refused_join_is_told_and_not_repeated()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var joining = script.Client.JoinAsync("staff:7");
        var join = await script.Connection.ExpectJoinAsync();
        await join.AckAsync(ScriptedJoin.Refused("forbidden"));
        Assert.Equal("forbidden", (await Assert.ThrowsAsync<RequestException>(() => joining.WithTimeout(ScriptedConnection.Patience))).Code);

        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is RemovedEvent); // it was never in it
        await script.ReconnectAsync();
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task A_join_that_is_given_up_before_there_is_a_connection_is_not_made()
    {
        await using var script = await ClientScript.ConnectedAsync();
        script.Connection.Drop();
        var attempt = await script.Server.AttemptAsync();
        using var cancellation = new CancellationTokenSource();
        var joining = script.Client.JoinAsync("lobby", cancellation: cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => joining.WithTimeout(ScriptedConnection.Patience));
        var connection = attempt.Accept();
        await connection.WelcomeAsync();

        await connection.NothingMoreAsync(script.Client);
        connection.Drop();
    }

    [Fact]
    public async Task What_two_want_of_a_room_is_asked_for_together()
    {
        await using var script = await ClientScript.ConnectedAsync();
        script.Connection.Drop();
        var attempt = await script.Server.AttemptAsync();
        var one = script.Client.JoinAsync("lobby", new JoinOptions { Since = new Position("e", 3), State = Payload.FromText("here") });
        var other = script.Client.JoinAsync("lobby");
        var connection = attempt.Accept();
        await connection.WelcomeAsync();
        var join = await connection.ExpectJoinAsync();
        Assert.Equal((new Position("e", 3), "\"here\""), (join.Since("lobby"), join.State("lobby")));
        await join.AckAsync(Text.At(3) + ",\"recovered\":true");

        Assert.Equal(await one.WithTimeout(ScriptedConnection.Patience), await other.WithTimeout(ScriptedConnection.Patience));
        connection.Drop();
    }

    [Fact]
    public async Task A_room_without_history_that_is_joined_once_more_has_no_gap_and_goes_on_where_it_now_has_one()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("plain");
        await script.JoinAsync("plain", Text.At(7));

        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is GapEvent);
        await script.ReconnectAsync();
        Assert.Equal(new Position("e", 7), (await script.Connection.ExpectJoinAsync()).Since("plain"));
    }

    [Fact]
    public async Task A_room_that_was_left_is_not_joined_again()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        await script.JoinAsync("chat:7");
        var leaving = script.Client.LeaveAsync("lobby");
        var leave = await script.Connection.ExpectAsync("leave");
        Assert.Equal("lobby", leave.GetProperty("room").GetString());
        await script.Connection.AckAsync(leave);
        await leaving.WithTimeout(ScriptedConnection.Patience);

        await script.ReconnectAsync();
        Assert.Equal(["chat:7"], (await script.Connection.ExpectJoinAsync()).Rooms);
    }

    [Fact]
    public async Task What_still_comes_of_a_room_that_was_left_is_dropped()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        var leaving = script.Client.LeaveAsync("lobby");
        await script.Connection.ExpectAsync("leave");
        await script.Connection.SendAsync(Text.Numbered("lobby", 8));
        await script.Connection.SendAsync(Text.Message("lobby", "9"));

        Assert.Empty(await script.Messages.PayloadsAsync(script.Connection));
        await script.Connection.NothingMoreAsync(script.Client);
        Assert.False(leaving.IsCompleted);
    }

    [Fact]
    public async Task A_room_that_it_was_removed_from_is_not_joined_again()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        await script.JoinAsync("chat:7");
        await script.Connection.SendAsync("""{"type":"removed","room":"lobby","code":"forbidden"}""");
        await script.Events.NextAsync<RemovedEvent>();

        await script.ReconnectAsync();
        Assert.Equal(["chat:7"], (await script.Connection.ExpectJoinAsync()).Rooms);
    }

    [Fact]
    public async Task A_join_that_got_no_answer_is_made_with_the_others_on_the_next_connection()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        var joining = script.Client.JoinAsync("chat:7", new JoinOptions { Since = new Position("e", 5), State = Payload.FromText("here") });
        await script.Connection.ExpectJoinAsync();
        await script.ReconnectAsync();

        var asked = new List<string>();
        while (asked.Count < 2)
        {
            var join = await script.Connection.ExpectJoinAsync();
            asked.AddRange(join.Rooms);
            if (join.Rooms.Contains("chat:7"))
            {
                Assert.Equal((new Position("e", 5), "\"here\""), (join.Since("chat:7"), join.State("chat:7")));
            }

            await join.AckAsync(room => room == "chat:7" ? Text.At(9) + ",\"recovered\":true" : "");
        }

        Assert.Equal(["chat:7", "lobby"], asked.Order());
        Assert.Equal(new Joined("chat:7", new Position("e", 9), true, null), await joining.WithTimeout(ScriptedConnection.Patience));
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task A_join_while_there_is_no_connection_waits_for_one()
    {
        await using var script = await ClientScript.ConnectedAsync();
        script.Connection.Drop();
        var attempt = await script.Server.AttemptAsync();
        var joining = script.Client.JoinAsync("lobby");
        Assert.False(joining.IsCompleted);
        var next = attempt.Accept();
        await next.WelcomeAsync();
        var join = await next.ExpectJoinAsync();
        Assert.Equal(["lobby"], join.Rooms);
        await join.AckAsync("\"count\":1");

        Assert.Equal(1, (await joining.WithTimeout(ScriptedConnection.Patience)).Count);
        await next.NothingMoreAsync(script.Client);
        next.Drop();
    }

    [Fact]
    public async Task A_join_that_is_refused_for_now_is_made_again_after_the_time_told()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var joining = script.Client.JoinAsync("lobby");
        await (await script.Connection.ExpectJoinAsync()).AckAsync(ScriptedJoin.Refused("rate_limited", 400));
        await script.PassAsync(TimeSpan.FromMilliseconds(400));
        await (await script.Connection.ExpectJoinAsync()).AckAsync();

        await joining.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task A_leave_that_got_no_answer_needs_none_after_a_reconnect()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        await script.JoinAsync("chat:7");
        var leaving = script.Client.LeaveAsync("lobby");
        await script.Connection.ExpectAsync("leave");
        await script.ReconnectAsync();

        var join = await script.Connection.ExpectJoinAsync();
        Assert.Equal(["chat:7"], join.Rooms);
        await join.AckAsync();
        while (!leaving.IsCompleted)
        {
            var pinging = script.Client.PingAsync();
            var next = await script.Connection.NextAsync(); // saying it again is harmless
            await (next.Type == "leave" ? script.Connection.AckAsync(next.Json) : script.Connection.PongAsync(next.Json));
            if (next.Type == "leave")
            {
                await script.Connection.PongAsync(await script.Connection.ExpectAsync("ping"));
            }

            await pinging.WithTimeout(ScriptedConnection.Patience);
        }

        await leaving.WithTimeout(ScriptedConnection.Patience);
    }
}
