using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Rooms;

/// <summary>A room, or a state, that cannot be: it costs neither the other rooms nor the connection.</summary>
public sealed class BadRoomTests
{
    private static readonly string[] Rooms = [.. Enumerable.Range(0, 10).Select(i => i == 6 ? "bad" : $"room {i}")];

    [Theory]
    [InlineData("{bad")]
    [InlineData("too long")]
    public async Task A_state_that_cannot_be_is_refused_at_once_and_nothing_of_it_is_kept(string what)
    {
        var state = what == "too long" ? Payload.FromText(new string('x', 1023)) : Payload.FromJson(System.Text.Encoding.UTF8.GetBytes(what));
        await using var script = await ClientScript.ConnectedAsync();
        await Assert.ThrowsAsync<ArgumentException>(() => script.Client.JoinAsync("a", new JoinOptions { State = state }).WithTimeout(ScriptedConnection.Patience));
        await script.JoinAsync("b");
        await Assert.ThrowsAsync<ArgumentException>(() => script.Client.ShowAsync("b", state).WithTimeout(ScriptedConnection.Patience));

        await script.Connection.NothingMoreAsync(script.Client);
        await script.ReconnectAsync();
        var join = await script.Connection.ExpectJoinAsync();
        Assert.Equal(["b"], join.Rooms);
        Assert.Null(join.State("b"));
        await join.AckAsync();
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task The_longest_state_is_taken()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var longest = Payload.FromText(new string('x', 1022));
        var joining = script.Client.JoinAsync("a", new JoinOptions { State = longest });
        var join = await script.Connection.ExpectJoinAsync();
        Assert.Equal(longest.ToString(), join.State("a"));
        await join.AckAsync();
        await joining.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task An_invalid_room_among_many_is_found_and_the_others_are_joined_again()
    {
        await using var script = await ClientScript.ConnectedAsync();
        foreach (var room in Rooms)
        {
            await script.JoinAsync(room);
        }

        await script.ReconnectAsync();
        await RefuseTheBadOneAsync(script);

        Assert.Equal(new RemovedEvent("bad", "invalid_message", "Because."), await script.Events.NextAsync<RemovedEvent>());
        await script.Connection.NothingMoreAsync(script.Client);
        Assert.Equal(ClientState.Connected, script.Client.State);
        await script.ReconnectAsync();
        Assert.Equal(Rooms.Where(room => room != "bad").Order(), (await script.Connection.ExpectJoinAsync()).Rooms.Order());
    }

    [Fact]
    public async Task Whoever_joins_an_invalid_room_with_others_is_told_and_the_others_are_joined()
    {
        await using var script = new ClientScript();
        var connecting = script.Client.ConnectAsync();
        var joins = Rooms.ToDictionary(room => room, room => script.Client.JoinAsync(room));
        await script.AcceptAsync();
        await RefuseTheBadOneAsync(script);

        await connecting.WithTimeout(ScriptedConnection.Patience);
        foreach (var (room, joining) in joins)
        {
            if (room == "bad")
            {
                Assert.Equal("invalid_message", (await Assert.ThrowsAsync<RequestException>(() => joining.WithTimeout(ScriptedConnection.Patience))).Code);
            }
            else
            {
                Assert.Equal(room, (await joining.WithTimeout(ScriptedConnection.Patience)).Room);
            }
        }

        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task A_join_over_the_largest_message_is_refused_here_and_the_connection_lives()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: new WelcomeText { MessageBytes = 600 });
        var joining = script.Client.JoinAsync("large", Large);
        Assert.Equal("too_large", (await Assert.ThrowsAsync<RequestException>(() => joining.WithTimeout(ScriptedConnection.Patience))).Code);

        await script.Connection.NothingMoreAsync(script.Client);
        await script.JoinAsync("small");
        Assert.Equal(1, script.Server.Attempts);
    }

    [Fact]
    public async Task A_join_exactly_as_large_as_it_may_be_is_made()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: new WelcomeText { MessageBytes = 600 });
        _ = script.Client.JoinAsync("x");
        var rest = (await script.Connection.ExpectJoinAsync()).Request.GetRawText().Length - 1;
        _ = script.Client.JoinAsync(new string('x', 600 - rest));

        Assert.Equal(600, (await script.Connection.ExpectJoinAsync()).Request.GetRawText().Length);
    }

    [Fact]
    public async Task One_that_is_too_large_for_the_next_server_costs_no_other_room_and_none_is_asked_for_twice()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("large", options: Large);
        foreach (var room in (string[])["a", "b", "c"])
        {
            await script.JoinAsync(room);
        }

        await script.ReconnectAsync(new WelcomeText { Connection = "c2", MessageBytes = 600 });
        var asked = new List<string>();
        while (asked.Count < 3)
        {
            var join = await script.Connection.ExpectJoinAsync();
            asked.AddRange(join.Rooms);
            await join.AckAsync();
        }

        Assert.Equal(["a", "b", "c"], asked.Order());
        await script.Connection.NothingMoreAsync(script.Client);
        Assert.Equal(("large", "too_large"), await script.Events.NextAsync<RemovedEvent>() is var told ? (told.Room, told.Code) : default);
    }

    [Fact]
    public async Task It_is_connected_once_when_the_only_room_is_too_large()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("large", options: Large);
        _ = script.Client.BroadcastAsync("elsewhere", Payload.Null);
        await script.Connection.ExpectAsync("broadcast");
        await script.Events.NextAsync<ConnectedEvent>();
        await script.ReconnectAsync(new WelcomeText { Connection = "c2", MessageBytes = 600 });

        await script.Connection.ExpectAsync("broadcast");
        await script.Connection.NothingMoreAsync(script.Client);
        Assert.Single(await script.Events.NewsAsync(script.Connection), told => told is ConnectedEvent);
    }

    private static JoinOptions Large => new() { State = Payload.FromText(new string('x', 1000)) };

    /// <summary>Answers joins as the server does: with the bad room in it, the whole of it is invalid.</summary>
    private static async Task RefuseTheBadOneAsync(ClientScript script)
    {
        var joined = new List<string>();
        var isRefused = false;
        while (joined.Count < Rooms.Length - 1 || !isRefused)
        {
            var join = await script.Connection.ExpectJoinAsync();
            if (join.Rooms.Contains("bad"))
            {
                isRefused |= join.Rooms.Length == 1;
                await script.Connection.ErrorAsync(join.Request, "invalid_message");
            }
            else
            {
                joined.AddRange(join.Rooms);
                await join.AckAsync();
            }
        }

        Assert.Equal(Rooms.Where(room => room != "bad").Order(), joined.Order());
    }
}
