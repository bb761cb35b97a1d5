using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Rooms;

/// <summary>What the answers to own broadcasts tell of a room, of which the client is at 7.</summary>
public sealed class OwnMessageTests
{
    [Fact]
    public async Task In_a_room_that_is_not_joined_again_yet_they_move_nothing()
    {
        await using var script = await JoinedAsync();
        await script.ReconnectAsync();
        await (await script.Connection.ExpectJoinAsync()).AckAsync(ScriptedJoin.Refused("unavailable", 700));
        await BroadcastAsync(script, ["lobby"], Text.At(10));
        await script.PassAsync(TimeSpan.FromMilliseconds(700));
        var again = await script.Connection.ExpectJoinAsync();
        Assert.Equal(new Position("e", 7), again.Since("lobby"));
        await again.AckAsync(Text.At(10) + ",\"recovered\":true");
        foreach (var seq in (long[])[8, 9, 10])
        {
            await script.Connection.SendAsync(Text.Numbered("lobby", seq));
        }

        Assert.Equal(["8", "9", "10"], await script.Messages.PayloadsAsync(script.Connection));
        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is GapEvent);
    }

    [Fact]
    public async Task In_a_room_that_is_not_joined_for_the_first_time_yet_they_move_nothing()
    {
        await using var script = await ClientScript.ConnectedAsync();
        _ = script.Client.JoinAsync("lobby");
        await (await script.Connection.ExpectJoinAsync()).AckAsync(ScriptedJoin.Refused("unavailable", 700));
        await BroadcastAsync(script, ["lobby"], Text.At(10));
        await script.PassAsync(TimeSpan.FromMilliseconds(700));

        Assert.Null((await script.Connection.ExpectJoinAsync()).Since("lobby"));
    }

    [Fact]
    public async Task In_a_room_that_is_behind_they_move_nothing()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { InboxSize = 10 });
        await script.JoinAsync("lobby", Text.At(0));
        var room = new ScriptedRoom("lobby");
        await room.SayAsync(script.Connection, 12);
        await script.Connection.HandledAsync(script.Client);
        room.SayUnheard(1);
        await BroadcastAsync(script, ["lobby"], Text.At(13));
        await script.Messages.NextAsync(10);

        Assert.Equal(10, await room.AnswerAsync(script.Connection, await script.Connection.ExpectJoinAsync()));
        Assert.Equal(["11", "12", "13"], await script.Messages.NextAsync(3));
        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is GapEvent);
    }

    [Theory]
    [InlineData("e", 10)]
    [InlineData("f", 4)]
    public async Task A_jump_that_the_answer_is_the_first_to_show_is_told(string epoch, long seq)
    {
        await using var script = await JoinedAsync();
        await BroadcastAsync(script, ["lobby"], Text.At(new Position(epoch, seq)));

        Assert.Equal(new GapEvent("lobby", new Position("e", 7), new Position(epoch, seq - 1)), await script.Events.NextAsync<GapEvent>());
        await script.ReconnectAsync();
        Assert.Equal(new Position(epoch, seq), (await script.Connection.ExpectJoinAsync()).Since("lobby"));
    }

    [Theory]
    [InlineData("several")]
    [InlineData("duplicate")]
    [InlineData("in its place")]
    public async Task Their_numbers_are_not_missed(string how)
    {
        await using var script = await JoinedAsync();
        if (how == "several")
        {
            await BroadcastAsync(script, ["lobby", "plain"], $$"""
                "results":[{"room":"lobby",{{Text.At(8)}}},{"room":"plain"}]
                """);
        }
        else
        {
            await BroadcastAsync(script, ["lobby"], Text.At(8) + (how == "duplicate" ? ",\"duplicate\":true" : ""));
        }

        await script.Connection.SendAsync(Text.Numbered("lobby", 9));
        Assert.Equal(["9"], await script.Messages.PayloadsAsync(script.Connection));
        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is GapEvent);
        await script.Connection.SendAsync(Text.Numbered("lobby", 11)); // but this is
        Assert.Equal(new GapEvent("lobby", new Position("e", 9), new Position("e", 10)), await script.Events.NextAsync<GapEvent>());
    }

    private static async Task<ClientScript> JoinedAsync()
    {
        var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        return script;
    }

    private static async Task BroadcastAsync(ClientScript script, string[] rooms, string fields)
    {
        var broadcasting = script.Client.BroadcastAsync(rooms, Payload.Null);
        await script.Connection.AckAsync(await script.Connection.ExpectAsync("broadcast"), fields);
        await broadcasting.WithTimeout(ScriptedConnection.Patience);
    }
}
