using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Inbox;

/// <summary>What happens when messages come faster than they are read: ten may wait.</summary>
public sealed class FullInboxTests
{
    [Fact]
    public async Task What_a_room_with_history_said_meanwhile_is_fetched_once_the_inbox_is_down_to_half()
    {
        await using var script = await CreateAsync();
        var room = await JoinAsync(script);
        await room.SayAsync(script.Connection, 15);
        await script.Connection.NothingMoreAsync(script.Client);
        Assert.Equal(Payloads(1, 4), await script.Messages.NextAsync(4));
        await script.Connection.NothingMoreAsync(script.Client); // six are left
        Assert.Equal(Payloads(5, 1), await script.Messages.NextAsync(1));

        var join = await script.Connection.ExpectJoinAsync();
        Assert.Equal(["lobby"], join.Rooms);
        Assert.Equal(10, await room.AnswerAsync(script.Connection, join));
        Assert.Equal(Payloads(6, 10), await script.Messages.NextAsync(10));
        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is GapEvent);
        await script.Connection.NothingMoreAsync(script.Client);
        Assert.Equal(1, script.Server.Attempts);
    }

    [Fact]
    public async Task What_is_said_before_the_fetching_is_answered_does_not_come_twice()
    {
        await using var script = await CreateAsync();
        var room = await JoinAsync(script);
        await room.SayAsync(script.Connection, 12);
        await script.Connection.HandledAsync(script.Client);
        Assert.Equal(Payloads(1, 10), await script.Messages.NextAsync(10));
        var join = await script.Connection.ExpectJoinAsync();
        await room.SayAsync(script.Connection, 3); // still of the membership that was
        await script.Connection.HandledAsync(script.Client);
        Assert.Equal(10, await room.AnswerAsync(script.Connection, join));
        await room.SayAsync(script.Connection, 2);

        Assert.Equal(Payloads(11, 7), await script.Messages.NextAsync(7));
        Assert.Empty(await script.Messages.PayloadsAsync(script.Connection));
        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is GapEvent);
    }

    [Fact]
    public async Task A_long_past_is_fetched_in_steps_and_nothing_is_lost_or_comes_twice()
    {
        await using var script = await CreateAsync();
        var room = await JoinAsync(script);
        await room.SayAsync(script.Connection, 100);
        await script.Connection.HandledAsync(script.Client);
        room.SayUnheard(400); // told when it fetches what it had to drop
        var reading = script.Messages.NextAsync(500);
        var serving = room.ServeAsync(script.Connection, reading);

        Assert.Equal(Payloads(1, 500), await reading.WithTimeout(ScriptedConnection.Patience));
        Assert.NotEmpty(await serving.WithTimeout(ScriptedConnection.Patience));
    }

    [Fact]
    public async Task The_connection_that_is_lost_meanwhile_changes_nothing()
    {
        await using var script = await CreateAsync();
        var room = await JoinAsync(script);
        await room.SayAsync(script.Connection, 15);
        await script.Connection.HandledAsync(script.Client);
        await script.ReconnectAsync();
        var join = await script.Connection.ExpectJoinAsync();
        Assert.Equal(new Position("e", 10), join.Since("lobby"));
        await room.AnswerAsync(script.Connection, join); // and the inbox is still full
        await script.Connection.HandledAsync(script.Client);
        var reading = script.Messages.NextAsync(15);
        var serving = room.ServeAsync(script.Connection, reading);

        Assert.Equal(Payloads(1, 15), await reading.WithTimeout(ScriptedConnection.Patience));
        await serving.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task What_cannot_be_fetched_any_more_is_told_as_a_gap()
    {
        await using var script = await CreateAsync();
        var room = await JoinAsync(script);
        await room.SayAsync(script.Connection, 15);
        await script.Connection.HandledAsync(script.Client);
        Assert.Equal(Payloads(1, 10), await script.Messages.NextAsync(10));
        await (await script.Connection.ExpectJoinAsync()).AckAsync(Text.At(15) + ",\"recovered\":false");

        Assert.Equal(new GapEvent("lobby", new Position("e", 10), new Position("e", 15)), await script.Events.NextAsync<GapEvent>());
        await room.SayAsync(script.Connection, 1);
        Assert.Equal(["16"], await script.Messages.PayloadsAsync(script.Connection));
    }

    [Fact]
    public async Task What_a_room_without_history_said_meanwhile_is_lost_and_told()
    {
        await using var script = await CreateAsync();
        await script.JoinAsync("plain");
        for (var i = 1; i <= 15; i++)
        {
            await script.Connection.SendAsync(Text.Message("plain", $"{i}"));
        }

        await script.Connection.HandledAsync(script.Client);
        Assert.Equal(new GapEvent("plain", null, null), await script.Events.NextAsync<GapEvent>());
        Assert.Equal(Payloads(1, 10), await script.Messages.NextAsync(10));
        await script.Connection.SendAsync(Text.Message("plain", "16"));
        Assert.Equal(["16"], await script.Messages.PayloadsAsync(script.Connection));
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task Ephemeral_messages_of_a_room_with_history_are_dropped_without_a_word()
    {
        await using var script = await CreateAsync();
        var room = await JoinAsync(script);
        await room.SayAsync(script.Connection, 10);
        for (var i = 1; i <= 15; i++)
        {
            await script.Connection.SendAsync(Text.Message("lobby", "\"cursor\""));
        }

        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is GapEvent);
        Assert.Equal(Payloads(1, 10), await script.Messages.NextAsync(10));
        await script.Connection.NothingMoreAsync(script.Client);
        await room.SayAsync(script.Connection, 1);
        Assert.Equal(["11"], await script.Messages.PayloadsAsync(script.Connection));
    }

    [Fact]
    public async Task Answers_come_all_the_same()
    {
        await using var script = await CreateAsync();
        var room = await JoinAsync(script);
        await room.SayAsync(script.Connection, 30);
        for (var i = 0; i < 30; i++)
        {
            var broadcasting = script.Client.BroadcastAsync("elsewhere", Payload.Null);
            await script.Connection.AckAsync(await script.Connection.ExpectAsync("broadcast"), Text.At(i));
            Assert.Equal(new Position("e", i), (await broadcasting.WithTimeout(ScriptedConnection.Patience)).Position);
        }
    }

    [Fact]
    public async Task Broadcasting_in_the_loop_that_reads_never_waits_for_itself()
    {
        await using var script = await CreateAsync();
        var room = await JoinAsync(script);
        await room.SayAsync(script.Connection, 50);
        var looping = LoopAsync();
        var serving = room.ServeAsync(script.Connection, looping);

        Assert.Equal(Payloads(1, 50), await looping.WithTimeout(ScriptedConnection.Patience));
        await serving.WithTimeout(ScriptedConnection.Patience);

        async Task<List<string>> LoopAsync()
        {
            var read = new List<string>();
            await foreach (var message in script.Client.ReadMessagesAsync())
            {
                read.Add(message.Payload.ToString());
                await script.Client.BroadcastAsync("elsewhere", message.Payload);
                if (read.Count == 50)
                {
                    break;
                }
            }

            return read;
        }
    }

    [Fact]
    public async Task A_room_that_was_left_meanwhile_is_not_fetched()
    {
        await using var script = await CreateAsync();
        var room = await JoinAsync(script);
        await room.SayAsync(script.Connection, 15);
        await script.Connection.HandledAsync(script.Client);
        var leaving = script.Client.LeaveAsync("lobby");
        await script.Connection.AckAsync(await script.Connection.ExpectAsync("leave"));
        await leaving.WithTimeout(ScriptedConnection.Patience);

        Assert.Equal(Payloads(1, 10), await script.Messages.NextAsync(10));
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task Several_rooms_are_fetched_together()
    {
        await using var script = await CreateAsync();
        await script.JoinAsync("a", Text.At(0));
        await script.JoinAsync("b", Text.At(0));
        for (var seq = 1; seq <= 8; seq++)
        {
            await script.Connection.SendAsync(Text.Numbered("a", seq));
            await script.Connection.SendAsync(Text.Numbered("b", seq));
        }

        await script.Connection.HandledAsync(script.Client);
        await script.Messages.NextAsync(10);
        var rooms = new List<string>();
        while (rooms.Count < 2)
        {
            var join = await script.Connection.ExpectJoinAsync();
            rooms.AddRange(join.Rooms);
            Assert.All(join.Entries, entry => Assert.Equal(new Position("e", 5), entry.Since));
            await join.AckAsync(Text.At(8) + ",\"recovered\":true");
        }

        Assert.Equal(["a", "b"], rooms.Order());
    }

    private static Task<ClientScript> CreateAsync() => ClientScript.ConnectedAsync(options => options with { InboxSize = 10 });

    private static async Task<ScriptedRoom> JoinAsync(ClientScript script)
    {
        await script.JoinAsync("lobby", Text.At(0));
        return new ScriptedRoom("lobby");
    }

    private static IEnumerable<string> Payloads(int first, int count) => Enumerable.Range(first, count).Select(number => $"{number}");
}
