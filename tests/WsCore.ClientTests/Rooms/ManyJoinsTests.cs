using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Rooms;

/// <summary>Many rooms at a time, at a server that takes few messages.</summary>
public sealed class ManyJoinsTests
{
    [Fact]
    public async Task Those_who_want_a_room_while_four_joins_are_open_are_asked_for_together()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: new WelcomeText { MessagesPerSecond = 1, Burst = 10 });
        var rooms = Enumerable.Range(0, 500).Select(i => $"room {i:000}").ToArray();
        var joins = rooms.Select(room => script.Client.JoinAsync(room)).ToArray();
        var open = new Queue<ScriptedJoin>();
        for (var i = 0; i < 4; i++)
        {
            open.Enqueue(await script.Connection.ExpectJoinAsync());
            Assert.Equal([rooms[i]], open.Last().Rooms);
        }

        await script.Events.NewsAsync(script.Connection);
        Assert.True(script.Connection.IsQuiet());
        foreach (var some in rooms.Skip(4).Chunk(128))
        {
            await open.Dequeue().AckAsync();
            open.Enqueue(await script.Connection.ExpectJoinAsync());
            Assert.Equal(some, open.Last().Rooms);
        }

        foreach (var join in open)
        {
            await join.AckAsync();
        }

        await Task.WhenAll(joins).WithTimeout(ScriptedConnection.Patience);
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task A_room_is_not_refused_for_a_bad_one_beside_it_that_was_given_up()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var open = new List<ScriptedJoin>();
        for (var n = 0; n < 4; n++)
        {
            _ = script.Client.JoinAsync($"open {n}");
            open.Add(await script.Connection.ExpectJoinAsync());
        }

        using var cancellation = new CancellationTokenSource();
        var bad = script.Client.JoinAsync("bad", cancellation: cancellation.Token);
        var good = script.Client.JoinAsync("good");
        await open[0].AckAsync();
        var join = await script.Connection.ExpectJoinAsync();
        Assert.Equal(["bad", "good"], join.Rooms);
        await cancellation.CancelAsync();
        await Assert.ThrowsAnyAsync<OperationCanceledException>(() => bad.WithTimeout(ScriptedConnection.Patience));
        await script.Connection.ErrorAsync(join.Request, "invalid_message");
        var again = await script.Connection.ExpectJoinAsync();
        Assert.Equal(["good"], again.Rooms);
        await again.AckAsync();

        await good.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task A_broadcast_that_overtakes_the_join_of_its_room_is_made_again()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var open = new List<ScriptedJoin>();
        for (var n = 0; n < 4; n++)
        {
            _ = script.Client.JoinAsync($"open {n}");
            open.Add(await script.Connection.ExpectJoinAsync());
        }

        _ = script.Client.JoinAsync("lobby");
        var broadcasting = script.Client.BroadcastAsync("lobby", Payload.Null);
        await script.Connection.ErrorAsync(await script.Connection.ExpectAsync("broadcast"), "not_joined");
        await open[0].AckAsync();
        await (await script.Connection.ExpectJoinAsync()).AckAsync();
        await script.PassAsync(TimeSpan.FromSeconds(1));
        await script.Connection.AckAsync(await script.Connection.ExpectAsync("broadcast"));

        await broadcasting.WithTimeout(ScriptedConnection.Patience);
    }
}
