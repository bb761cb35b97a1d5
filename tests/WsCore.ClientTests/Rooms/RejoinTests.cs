using WsCore.ClientTests.Script;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Rooms;

/// <summary>How the client comes back into its rooms after a reconnect.</summary>
public sealed class RejoinTests
{
    [Fact]
    public async Task All_rooms_are_joined_at_once_each_with_its_position_and_state()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("plain");
        await script.JoinAsync("lobby", Text.At(7));
        await script.JoinAsync("chat:7", Text.At(0), new JoinOptions { State = Payload.FromText("busy") });
        await script.ReconnectAsync();
        var join = await script.Connection.ExpectJoinAsync();

        Assert.True(join.IsOfSeveral);
        Assert.Equal(["chat:7", "lobby", "plain"], join.Rooms.Order());
        Assert.Equal((null, null), (join.Since("plain"), join.State("plain")));
        Assert.Equal((new Position("e", 7), null), (join.Since("lobby"), join.State("lobby")));
        Assert.Equal((new Position("e", 0), "\"busy\""), (join.Since("chat:7"), join.State("chat:7")));
        Assert.Equal(ClientState.Connecting, script.Client.State);
        await join.AckAsync(room => room == "plain" ? "" : Text.At(7) + ",\"recovered\":true");
        await script.Connection.NothingMoreAsync(script.Client);
        Assert.Equal(ClientState.Connected, script.Client.State);
    }

    [Fact]
    public async Task It_counts_as_connected_only_when_the_rooms_are_joined()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        await script.Events.NextAsync<ConnectedEvent>();
        await script.ReconnectAsync();
        await script.Events.NextAsync<DisconnectedEvent>();
        var join = await script.Connection.ExpectJoinAsync();

        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is ConnectedEvent);
        await join.AckAsync(Text.At(7) + ",\"recovered\":true");
        Assert.Equal("c2", (await script.Events.NextAsync<ConnectedEvent>()).Welcome.Connection);
    }

    [Fact]
    public async Task More_than_128_rooms_take_more_than_one_join()
    {
        await using var script = await ClientScript.ConnectedAsync();
        string[] rooms = [.. Enumerable.Range(0, 300).Select(i => $"room {i}")];
        foreach (var room in rooms)
        {
            await script.JoinAsync(room);
        }

        await script.ReconnectAsync();
        var asked = new List<string>();
        foreach (var count in (int[])[128, 128, 44])
        {
            var join = await script.Connection.ExpectJoinAsync();
            Assert.Equal(count, join.Rooms.Length);
            asked.AddRange(join.Rooms);
            await join.AckAsync();
        }

        Assert.Equal(rooms.Order(), asked.Order());
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task A_join_of_many_rooms_with_long_names_stays_within_the_largest_message()
    {
        await using var script = await ClientScript.ConnectedAsync();
        string[] rooms = [.. Enumerable.Range(0, 100).Select(i => $"{i:000}{new string('"', 250)}")]; // each over 500 bytes as JSON
        foreach (var room in rooms)
        {
            await script.JoinAsync(room);
        }

        await script.ReconnectAsync(new WelcomeText { Connection = "c2", MessageBytes = 16_384 });
        var asked = new List<string>();
        while (asked.Count < rooms.Length)
        {
            var message = await script.Connection.ExpectMessageAsync("join");
            Assert.InRange(System.Text.Encoding.UTF8.GetByteCount(message.Raw), 1, 16_384);
            var join = new ScriptedJoin(script.Connection, message.Json);
            asked.AddRange(join.Rooms);
            await join.AckAsync();
        }

        Assert.Equal(rooms, asked.Order());
    }

    [Fact]
    public async Task A_room_that_is_refused_is_off_the_list_and_told()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        await script.JoinAsync("staff:7");
        await script.ReconnectAsync();
        await (await script.Connection.ExpectJoinAsync()).AckAsync(room => room == "staff:7" ? ScriptedJoin.Refused("forbidden") : "");

        Assert.Equal(new RemovedEvent("staff:7", "forbidden", "Because."), await script.Events.NextAsync<RemovedEvent>());
        await script.ReconnectAsync();
        Assert.Equal(["lobby"], (await script.Connection.ExpectJoinAsync()).Rooms);
    }

    [Theory]
    [InlineData("unavailable")]
    [InlineData("rate_limited")]
    public async Task A_room_that_is_refused_for_now_is_asked_for_again_after_the_time_told(string code)
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(3));
        await script.JoinAsync("chat:7", Text.At(7));
        await script.ReconnectAsync();
        await (await script.Connection.ExpectJoinAsync()).AckAsync(room => room == "chat:7" ? ScriptedJoin.Refused(code, 700) : Text.At(3) + ",\"recovered\":true");
        await script.TimerAsync(TimeSpan.FromMilliseconds(700));
        script.Clock.Advance(TimeSpan.FromMilliseconds(690));
        await script.Connection.NothingMoreAsync(script.Client);
        script.Clock.Advance(TimeSpan.FromMilliseconds(11));

        var again = await script.Connection.ExpectJoinAsync();
        Assert.Equal(["chat:7"], again.Rooms);
        Assert.Equal(new Position("e", 7), again.Since("chat:7"));
        await again.AckAsync(Text.At(7) + ",\"recovered\":true");
        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is RemovedEvent or GapEvent);
    }

    [Fact]
    public async Task A_join_that_is_refused_as_a_whole_for_now_is_made_again()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        await script.JoinAsync("chat:7");
        await script.ReconnectAsync();
        var join = await script.Connection.ExpectJoinAsync();
        await script.Connection.ErrorAsync(join.Request, "rate_limited", 200);
        await script.PassAsync(TimeSpan.FromMilliseconds(200));

        var again = await script.Connection.ExpectJoinAsync();
        Assert.Equal(join.Rooms.Order(), again.Rooms.Order());
        await again.AckAsync();
        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is RemovedEvent);
    }

    [Fact]
    public async Task What_cannot_be_recovered_is_told_and_the_room_goes_on_from_where_it_is()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        await script.RejoinAsync(Text.At(900) + ",\"recovered\":false");

        Assert.Equal(new GapEvent("lobby", new Position("e", 7), new Position("e", 900)), await script.Events.NextAsync<GapEvent>());
        await script.Connection.SendAsync(Text.Numbered("lobby", 901));
        Assert.Equal(["901"], await script.Messages.PayloadsAsync(script.Connection));
        await script.ReconnectAsync();
        Assert.Equal(new Position("e", 901), (await script.Connection.ExpectJoinAsync()).Since("lobby"));
    }

    [Fact]
    public async Task What_can_be_recovered_is_no_gap()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        await script.RejoinAsync(Text.At(9) + ",\"recovered\":true");
        await script.Connection.SendAsync(Text.Numbered("lobby", 8));
        await script.Connection.SendAsync(Text.Numbered("lobby", 9));

        Assert.Equal(["8", "9"], await script.Messages.PayloadsAsync(script.Connection));
        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is GapEvent);
    }

    [Fact]
    public async Task A_room_without_history_has_a_gap_after_each_reconnect()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("plain");
        await script.RejoinAsync();

        Assert.Equal(new GapEvent("plain", null, null), await script.Events.NextAsync<GapEvent>());
    }

    [Fact]
    public async Task A_room_whose_position_was_of_no_use_any_more_has_none()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        await script.RejoinAsync("\"recovered\":false"); // its history was switched off
        Assert.Equal("lobby", (await script.Events.NextAsync<GapEvent>()).Room);

        await script.ReconnectAsync();
        Assert.Null((await script.Connection.ExpectJoinAsync()).Since("lobby"));
    }

    [Fact]
    public async Task What_was_shown_last_is_shown_again()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", options: new JoinOptions { State = Payload.FromText("here") });
        var showing = script.Client.ShowAsync("lobby", Payload.FromText("busy"));
        var state = await script.Connection.ExpectAsync("state");
        Assert.Equal(("lobby", "\"busy\""), (state.Text("room"), state.Raw("state")));
        await script.Connection.AckAsync(state);
        await showing.WithTimeout(ScriptedConnection.Patience);

        await script.ReconnectAsync();
        Assert.Equal("\"busy\"", (await script.Connection.ExpectJoinAsync()).State("lobby"));
    }

    [Fact]
    public async Task A_connection_lost_while_it_rejoins_changes_nothing()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        await script.ReconnectAsync();
        await script.Connection.ExpectJoinAsync();
        await script.ReconnectAsync();

        Assert.Equal(new Position("e", 7), (await script.Connection.ExpectJoinAsync()).Since("lobby"));
    }
}
