using WsCore.ClientTests.Script;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Rooms;

/// <summary>What the client takes for its position in a room with history. It shows in what it joins with after a reconnect.</summary>
public sealed class PositionTests
{
    [Fact]
    public async Task It_goes_on_with_each_message()
    {
        await using var script = await JoinedAsync();
        await script.Connection.SendAsync(Text.Numbered("lobby", 8));
        await script.Connection.SendAsync(Text.Numbered("lobby", 9));
        Assert.Equal(["8", "9"], await script.Messages.PayloadsAsync(script.Connection));

        Assert.Equal(new Position("e", 9), await SinceAsync(script));
    }

    [Fact]
    public async Task What_was_read_from_the_socket_counts_whether_or_not_the_application_has_read_it()
    {
        await using var script = await JoinedAsync();
        await script.Connection.SendAsync(Text.Numbered("lobby", 8));
        await script.Connection.HandledAsync(script.Client);

        Assert.Equal(new Position("e", 8), await SinceAsync(script));
        await script.Connection.SendAsync("""{"type":"ack","id":"nobody's"}""");
        Assert.Equal(["8"], await script.Messages.NextAsync(1));
    }

    [Fact]
    public async Task It_goes_on_with_the_ack_of_an_own_broadcast_to_the_room()
    {
        await using var script = await JoinedAsync();
        await BroadcastAsync(script, Text.At(8));

        Assert.Equal(new Position("e", 8), await SinceAsync(script));
    }

    [Fact]
    public async Task It_does_not_with_the_answer_to_a_repetition()
    {
        await using var script = await JoinedAsync();
        var ack = await BroadcastAsync(script, Text.At(5) + ",\"duplicate\":true");
        Assert.True(ack.IsDuplicate);
        Assert.Equal(new Position("e", 5), ack.Position);
        ack = await BroadcastAsync(script, Text.At(8) + ",\"duplicate\":true");

        Assert.Equal(new Position("e", 7), await SinceAsync(script));
    }

    [Fact]
    public async Task It_does_not_with_the_results_of_a_broadcast_to_several_rooms()
    {
        await using var script = await JoinedAsync();
        var broadcasting = script.Client.BroadcastAsync(["lobby", "plain"], Payload.Null);
        await script.Connection.AckAsync(await script.Connection.ExpectAsync("broadcast"), $$"""
            "results":[{"room":"lobby",{{Text.At(8)}}},{"room":"plain"}]
            """);
        var ack = await broadcasting.WithTimeout(ScriptedConnection.Patience);
        Assert.Null(ack.Position);
        Assert.Equal([new RoomPosition("lobby", new Position("e", 8)), new RoomPosition("plain", null)], ack.Results);

        Assert.Equal(new Position("e", 7), await SinceAsync(script));
    }

    [Fact]
    public async Task It_does_not_with_the_ack_of_an_echoed_broadcast_whose_message_is_still_to_come()
    {
        await using var script = await JoinedAsync();
        await BroadcastAsync(script, Text.At(8), new BroadcastOptions { Echo = true });
        await script.Connection.SendAsync(Text.Numbered("lobby", 8));

        Assert.Equal(["8"], await script.Messages.PayloadsAsync(script.Connection));
        Assert.Equal(new Position("e", 8), await SinceAsync(script));
    }

    [Fact]
    public async Task It_does_not_with_the_ack_of_a_broadcast_to_a_room_that_it_is_not_in()
    {
        await using var script = await JoinedAsync();
        var broadcasting = script.Client.BroadcastAsync("elsewhere", Payload.Null);
        await script.Connection.AckAsync(await script.Connection.ExpectAsync("broadcast"), Text.At(100));
        await broadcasting.WithTimeout(ScriptedConnection.Patience);
        await script.ReconnectAsync();

        Assert.Equal(["lobby"], (await script.Connection.ExpectJoinAsync()).Rooms);
    }

    [Fact]
    public async Task What_comes_twice_is_dropped()
    {
        await using var script = await JoinedAsync();
        foreach (var seq in (long[])[8, 8, 9, 7, 8, 9, 10, 1])
        {
            await script.Connection.SendAsync(Text.Numbered("lobby", seq));
        }

        Assert.Equal(["8", "9", "10"], await script.Messages.PayloadsAsync(script.Connection));
        Assert.Equal(new Position("e", 10), await SinceAsync(script));
    }

    [Fact]
    public async Task What_has_no_number_neither_counts_nor_is_dropped()
    {
        await using var script = await JoinedAsync();
        await script.Connection.SendAsync(Text.Message("lobby", "1"));
        await script.Connection.SendAsync(Text.Message("lobby", "1"));

        Assert.Equal(["1", "1"], await script.Messages.PayloadsAsync(script.Connection));
        Assert.Equal(new Position("e", 7), await SinceAsync(script));
    }

    [Fact]
    public async Task A_jump_is_told_as_a_gap_and_the_message_delivered()
    {
        await using var script = await JoinedAsync();
        await script.Connection.SendAsync(Text.Numbered("lobby", 8));
        await script.Connection.SendAsync(Text.Numbered("lobby", 11));

        Assert.Equal(["8", "11"], await script.Messages.PayloadsAsync(script.Connection));
        var gap = await script.Events.NextAsync<GapEvent>();
        Assert.Equal(("lobby", new Position("e", 8)), (gap.Room, gap.Before));
        Assert.Equal("e", gap.After!.Value.Epoch);
        Assert.InRange(gap.After.Value.Seq, 10, 11);
        Assert.Equal(new Position("e", 11), await SinceAsync(script));
    }

    [Fact]
    public async Task Another_epoch_is_told_as_a_gap_and_goes_on_from_there()
    {
        await using var script = await JoinedAsync();
        await script.Connection.SendAsync(Text.Message("lobby", "\"new\"", Text.At(new Position("f", 1))));

        Assert.Equal(["\"new\""], await script.Messages.PayloadsAsync(script.Connection));
        var gap = await script.Events.NextAsync<GapEvent>();
        Assert.Equal(("lobby", new Position("e", 7), "f"), (gap.Room, gap.Before, gap.After!.Value.Epoch));
        Assert.Equal(new Position("f", 1), await SinceAsync(script));
    }

    [Fact]
    public async Task While_it_catches_up_it_is_where_it_was_and_not_where_the_room_is()
    {
        await using var script = await JoinedAsync();
        await script.RejoinAsync(Text.At(10) + ",\"recovered\":true");
        await script.Connection.SendAsync(Text.Numbered("lobby", 8));
        Assert.Equal(["8"], await script.Messages.PayloadsAsync(script.Connection));
        var join = await script.RejoinAsync(Text.At(12) + ",\"recovered\":true");
        Assert.Equal(new Position("e", 8), join.Since("lobby"));
        foreach (var seq in (long[])[9, 10, 11, 12, 13])
        {
            await script.Connection.SendAsync(Text.Numbered("lobby", seq));
        }

        Assert.Equal(["9", "10", "11", "12", "13"], await script.Messages.PayloadsAsync(script.Connection));
        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is GapEvent);
    }

    [Fact]
    public async Task An_own_message_comes_in_a_recovery_and_is_told_as_own()
    {
        await using var script = await JoinedAsync();
        await script.RejoinAsync(Text.At(8) + ",\"recovered\":true");
        await script.Connection.SendAsync("""{"type":"message","room":"lobby","from":{"connection":"c1"},"epoch":"e","seq":8,"time":1767268800250,"payload":1}""");
        await script.Connection.SendAsync("""{"type":"message","room":"lobby","from":{"connection":"c2"},"epoch":"e","seq":9,"time":1767268800250,"payload":2}""");
        await script.Connection.SendAsync(Text.Numbered("lobby", 10));

        Assert.Equal([true, true, false], (await script.Messages.NewsAsync(script.Connection)).Select(message => message.IsOwn));
    }

    [Fact]
    public async Task Joining_once_more_without_a_position_changes_nothing()
    {
        await using var script = await JoinedAsync();
        await script.JoinAsync("lobby", Text.At(8)); // of which the message is on its way
        await script.Connection.SendAsync(Text.Numbered("lobby", 8));

        Assert.Equal(["8"], await script.Messages.PayloadsAsync(script.Connection));
        Assert.Equal(new Position("e", 8), await SinceAsync(script));
    }

    [Fact]
    public async Task Joining_once_more_from_a_position_begins_anew_there()
    {
        await using var script = await JoinedAsync();
        await script.JoinAsync("lobby", Text.At(7) + ",\"recovered\":true", new JoinOptions { Since = new Position("e", 5) });
        foreach (var seq in (long[])[6, 7])
        {
            await script.Connection.SendAsync(Text.Numbered("lobby", seq));
        }

        Assert.Equal(["6", "7"], await script.Messages.PayloadsAsync(script.Connection));
        Assert.Equal(new Position("e", 7), await SinceAsync(script));
    }

    [Fact]
    public async Task Messages_to_the_user_have_a_position_in_the_personal_room()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: new WelcomeText { User = "ada", Self = new Position("p", 4) });
        var sent = $$"""{"type":"message","to":"ada","from":{"user":"grace","connection":"Qp71xT"},{{Text.At(new Position("p", 5))}},"time":1767268800300,"payload":5}""";
        await script.Connection.SendAsync(sent);
        await script.Connection.SendAsync(sent);
        Assert.Equal(["5"], await script.Messages.PayloadsAsync(script.Connection));
        await script.ReconnectAsync(new WelcomeText { Connection = "c2", User = "ada", Self = new Position("p", 7) });

        var join = await script.Connection.ExpectJoinAsync();
        Assert.Equal(["user:ada"], join.Rooms);
        Assert.Equal(new Position("p", 5), join.Since("user:ada"));
    }

    private static async Task<ClientScript> JoinedAsync()
    {
        var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        return script;
    }

    private static async Task<Ack> BroadcastAsync(ClientScript script, string fields, BroadcastOptions? options = null)
    {
        var broadcasting = script.Client.BroadcastAsync("lobby", Payload.Null, options);
        var broadcast = await script.Connection.ExpectAsync("broadcast");
        Assert.Equal(options?.Echo is true, broadcast.Has("echo"));
        await script.Connection.AckAsync(broadcast, fields);
        return await broadcasting.WithTimeout(ScriptedConnection.Patience);
    }

    private static async Task<Position?> SinceAsync(ClientScript script)
    {
        await script.ReconnectAsync();
        return (await script.Connection.ExpectJoinAsync()).Since("lobby");
    }
}
