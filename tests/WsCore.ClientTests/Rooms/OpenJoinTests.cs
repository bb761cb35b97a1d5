using WsCore.ClientTests.Script;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Rooms;

/// <summary>What happens to a room between its join and the answer.</summary>
public sealed class OpenJoinTests
{
    [Fact]
    public async Task A_room_that_is_behind_is_not_asked_for_again_while_its_rejoin_is_open()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { InboxSize = 10 });
        var room = await JoinAsync(script);
        await room.SayAsync(script.Connection, 15);
        await script.Connection.HandledAsync(script.Client);
        await script.ReconnectAsync();
        var join = await script.Connection.ExpectJoinAsync();
        Assert.Equal(10, (await script.Messages.NextAsync(10)).Length); // there is place again, which is no reason to ask twice
        await room.AnswerAsync(script.Connection, join);

        Assert.Equal(["11", "12", "13", "14", "15"], await script.Messages.NextAsync(5));
        await script.Connection.NothingMoreAsync(script.Client);
        Assert.Empty(await script.Messages.PayloadsAsync(script.Connection));
    }

    [Fact]
    public async Task A_join_from_elsewhere_during_the_rejoin_is_made_after_it_and_has_its_own_answer()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        await script.ReconnectAsync();
        var rejoin = await script.Connection.ExpectJoinAsync();
        var joining = script.Client.JoinAsync("lobby", new JoinOptions { Since = new Position("e", 3) });
        await rejoin.AckAsync(Text.At(9) + ",\"recovered\":true,\"count\":1");
        await SayAsync(script, 8, 9);
        var join = await script.Connection.ExpectJoinAsync();
        Assert.Equal(new Position("e", 3), join.Since("lobby"));
        await join.AckAsync(Text.At(9) + ",\"recovered\":true,\"count\":2");
        await SayAsync(script, 4, 5, 6, 7, 8, 9, 10);

        Assert.Equal(2, (await joining.WithTimeout(ScriptedConnection.Patience)).Count);
        Assert.Equal(["4", "5", "6", "7", "8", "9", "10"], await script.Messages.PayloadsAsync(script.Connection));
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task What_a_room_missed_is_not_forgotten_by_the_answer_to_a_join_without_a_position(bool isReadBefore)
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { InboxSize = 10 });
        var room = await JoinAsync(script);
        var joining = script.Client.JoinAsync("lobby");
        var join = await script.Connection.ExpectJoinAsync();
        Assert.Null(join.Since("lobby"));
        await room.SayAsync(script.Connection, 15);
        await script.Connection.HandledAsync(script.Client);
        var read = isReadBefore ? await script.Messages.NextAsync(10) : [];
        await join.AckAsync(Text.At(15));
        await joining.WithTimeout(ScriptedConnection.Patience);
        await script.Messages.NextAsync(10 - read.Length);

        Assert.Equal(10, await room.AnswerAsync(script.Connection, await script.Connection.ExpectJoinAsync()));
        Assert.Equal(["11", "12", "13", "14", "15"], await script.Messages.NextAsync(5));
    }

    [Fact]
    public async Task Left_while_its_rejoin_is_open_it_is_left_after_the_answer()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        await script.ReconnectAsync();
        var join = await script.Connection.ExpectJoinAsync();
        await script.Client.LeaveAsync("lobby").WithTimeout(ScriptedConnection.Patience);
        await join.AckAsync();

        Assert.Equal("lobby", (await script.Connection.ExpectAsync("leave")).Text("room"));
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task Left_and_joined_while_its_rejoin_is_open_it_stays_joined()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        await script.ReconnectAsync();
        var join = await script.Connection.ExpectJoinAsync();
        await script.Client.LeaveAsync("lobby").WithTimeout(ScriptedConnection.Patience);
        var joining = script.Client.JoinAsync("lobby");
        await join.AckAsync();
        await (await script.Connection.ExpectJoinAsync()).AckAsync("\"count\":2");

        Assert.Equal(2, (await joining.WithTimeout(ScriptedConnection.Patience)).Count);
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task A_join_that_is_given_up_is_left_after_its_answer()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var join = await GiveUpAsync(script);
        await script.Connection.NothingMoreAsync(script.Client);
        await join.AckAsync();

        Assert.Equal("lobby", (await script.Connection.ExpectAsync("leave")).Text("room"));
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task A_join_after_one_that_was_given_up_is_not_undone_by_a_leave_that_had_to_wait()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: new WelcomeText { MessagesPerSecond = 1, Burst = 30 });
        for (var i = 0; i < 40; i++)
        {
            Assert.True(script.Client.Post("elsewhere", Payload.Null)); // the pace is used up
        }

        for (var i = 0; i < 27; i++)
        {
            await script.Connection.ExpectAsync("broadcast");
        }

        var first = await GiveUpAsync(script);
        var joining = script.Client.JoinAsync("lobby");
        var second = await script.Connection.ExpectJoinAsync();
        await first.AckAsync();
        await second.AckAsync();
        await joining.WithTimeout(ScriptedConnection.Patience);
        Assert.True(script.Client.Post("elsewhere", Payload.Null)); // the last
        for (var i = 27; i <= 40; i++)
        {
            await script.UntilAsync(script.Connection.ExpectAsync("broadcast"), TimeSpan.FromSeconds(5)); // and no leave among them
        }
    }

    [Fact]
    public async Task Left_and_joined_one_after_the_other_without_awaiting_it_is_joined()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        var leaving = script.Client.LeaveAsync("lobby");
        var joining = script.Client.JoinAsync("lobby");
        await script.Connection.AckAsync(await script.Connection.ExpectAsync("leave"));
        await (await script.Connection.ExpectJoinAsync()).AckAsync("\"count\":2");

        await leaving.WithTimeout(ScriptedConnection.Patience);
        Assert.Equal(2, (await joining.WithTimeout(ScriptedConnection.Patience)).Count);
        await script.Connection.NothingMoreAsync(script.Client);
        await script.ReconnectAsync();
        Assert.Equal(["lobby"], (await script.Connection.ExpectJoinAsync()).Rooms);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    public async Task That_holds_too_where_the_leave_has_to_wait_for_its_turn(int leaves)
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { RequestTimeout = TimeSpan.FromMinutes(5) }, new WelcomeText { MessagesPerSecond = 1, Burst = 10 });
        await script.JoinAsync("lobby");
        for (var i = 0; i < 12; i++)
        {
            Assert.True(script.Client.Post("lobby", Payload.Null));
        }

        var leaving = Task.WhenAll(Enumerable.Range(0, leaves).Select(_ => script.Client.LeaveAsync("lobby")));
        var joining = script.Client.JoinAsync("lobby");
        var types = new List<string>();
        while (types is not [.., "join"])
        {
            var next = script.Connection.NextAsync();
            await script.UntilAsync(next, TimeSpan.FromSeconds(5));
            types.Add((await next).Type!);
            await ((await next).Json.Has("id") ? script.Connection.AckAsync((await next).Json) : Task.CompletedTask);
        }

        Assert.Equal([.. Enumerable.Repeat("broadcast", 12), .. Enumerable.Repeat("leave", leaves), "join"], types);
        await Task.WhenAll(leaving, joining).WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task A_leave_that_is_cancelled_before_its_turn_is_made_all_the_same()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: new WelcomeText { MessagesPerSecond = 1, Burst = 10 });
        await script.JoinAsync("lobby");
        for (var i = 0; i < 12; i++)
        {
            Assert.True(script.Client.Post("lobby", Payload.Null));
        }

        using var cancellation = new CancellationTokenSource();
        var leaving = script.Client.LeaveAsync("lobby", cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving.WithTimeout(ScriptedConnection.Patience));
        for (var i = 0; i < 8; i++)
        {
            await script.Connection.ExpectAsync("broadcast");
        }

        Assert.Equal("lobby", (await script.Connection.ExpectAsync("leave")).Text("room"));
    }

    [Fact]
    public async Task A_leave_over_the_rate_is_made_again()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        var leaving = script.Client.LeaveAsync("lobby");
        await script.Connection.ErrorAsync(await script.Connection.ExpectAsync("leave"), "rate_limited", 200);
        await script.PassAsync(TimeSpan.FromMilliseconds(200));
        await script.Connection.AckAsync(await script.Connection.ExpectAsync("leave"));

        await leaving.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task Left_after_its_rejoin_and_before_that_of_the_others_it_is_left()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("a");
        await script.JoinAsync("b");
        await script.ReconnectAsync();
        await script.Connection.ErrorAsync((await script.Connection.ExpectJoinAsync()).Request, "invalid_message");
        await (await script.Connection.ExpectJoinAsync()).AckAsync(); // a
        var b = await script.Connection.ExpectJoinAsync();
        await script.Events.NewsAsync(script.Connection);
        await script.Client.LeaveAsync("a").WithTimeout(ScriptedConnection.Patience);
        await b.AckAsync();
        Assert.Equal("a", (await script.Connection.ExpectAsync("leave").WithTimeout(ScriptedConnection.Patience)).Text("room"));
    }

    [Fact]
    public async Task From_where_somebody_wanted_it_who_gave_up_it_is_not_joined()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        var first = script.Client.JoinAsync("lobby");
        var join = await script.Connection.ExpectJoinAsync();
        using var cancellation = new CancellationTokenSource();
        var second = script.Client.JoinAsync("lobby", new JoinOptions { Since = new Position("e", 3), State = Payload.FromText("x") }, cancellation.Token);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => second.WithTimeout(ScriptedConnection.Patience));
        await join.AckAsync(Text.At(7));
        await first.WithTimeout(ScriptedConnection.Patience);
        await script.Connection.NothingMoreAsync(script.Client);
        await script.ReconnectAsync();
        var rejoin = await script.Connection.ExpectJoinAsync();
        Assert.Equal(new Position("e", 7), rejoin.Since("lobby"));
    }

    [Fact]
    public async Task A_leave_that_is_cancelled_when_the_room_is_wanted_again_is_not_made()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        using var cancellation = new CancellationTokenSource();
        var leaving = script.Client.LeaveAsync("lobby", cancellation.Token);
        await script.Connection.ExpectAsync("leave");
        var joining = script.Client.JoinAsync("lobby");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => leaving.WithTimeout(ScriptedConnection.Patience));
        await (await script.Connection.ExpectJoinAsync()).AckAsync();

        await joining.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task Who_waits_for_a_room_that_is_left_waits_no_longer()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var joining = script.Client.JoinAsync("lobby");
        await script.Connection.ExpectJoinAsync();
        _ = script.Client.LeaveAsync("lobby");

        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => joining.WithTimeout(ScriptedConnection.Patience));
    }

    [Fact]
    public async Task Of_two_who_wait_for_a_room_one_that_gives_up_takes_nothing_from_the_other()
    {
        await using var script = await ClientScript.ConnectedAsync();
        using var cancellation = new CancellationTokenSource();
        var one = script.Client.JoinAsync("lobby", cancellation: cancellation.Token);
        var join = await script.Connection.ExpectJoinAsync();
        var other = script.Client.JoinAsync("lobby");
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => one.WithTimeout(ScriptedConnection.Patience));
        await join.AckAsync();
        await (await script.Connection.ExpectJoinAsync()).AckAsync("\"count\":2");

        Assert.Equal(2, (await other.WithTimeout(ScriptedConnection.Patience)).Count);
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task A_room_that_is_joined_stays_so_when_another_join_of_it_is_given_up()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        var join = await GiveUpAsync(script);
        await join.AckAsync();
        await script.Connection.NothingMoreAsync(script.Client);

        await script.ReconnectAsync();
        Assert.Equal(["lobby"], (await script.Connection.ExpectJoinAsync()).Rooms);
    }

    private static async Task<ScriptedRoom> JoinAsync(ClientScript script)
    {
        await script.JoinAsync("lobby", Text.At(0));
        return new ScriptedRoom("lobby");
    }

    /// <summary>A join that nobody waits for any more, and that is not answered yet.</summary>
    private static async Task<ScriptedJoin> GiveUpAsync(ClientScript script)
    {
        using var cancellation = new CancellationTokenSource();
        var joining = script.Client.JoinAsync("lobby", cancellation: cancellation.Token);
        var join = await script.Connection.ExpectJoinAsync();
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => joining.WithTimeout(ScriptedConnection.Patience));
        return join;
    }

    private static async Task SayAsync(ClientScript script, params long[] numbers)
    {
        foreach (var seq in numbers)
        {
            await script.Connection.SendAsync(Text.Numbered("lobby", seq));
        }
    }
}
