using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Rooms;

/// <summary>Many rooms at a time, at a server that takes few messages.</summary>
public sealed class ManyJoinsTests
{
    [Fact]
    public async Task Those_who_want_a_room_while_joins_are_open_are_asked_for_together()
    {
        await using var script = await ClientScript.ConnectedAsync(welcome: new WelcomeText { MessagesPerSecond = 1, Burst = 10 });
        var rooms = Enumerable.Range(0, 500).Select(i => $"room {i}").ToArray();
        var joins = rooms.Select(room => script.Client.JoinAsync(room)).ToArray();
        var asked = new List<string[]>();
        while (asked.Sum(some => some.Length) < rooms.Length)
        {
            var join = await script.Connection.ExpectJoinAsync();
            asked.Add(join.Rooms);
            await join.AckAsync();
        }

        await Task.WhenAll(joins).WithTimeout(ScriptedConnection.Patience);
        Assert.Equal(rooms.Order(), asked.SelectMany(some => some).Order());
        Assert.InRange(asked.Count, 5, 9);
        Assert.All(asked, some => Assert.InRange(some.Length, 1, 128));
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task Joins_that_the_rate_holds_back_for_longer_than_an_answer_may_take_end_no_connection()
    {
        var turn = TimeSpan.FromSeconds(11); // an answer may take ten
        await using var script = await ClientScript.ConnectedAsync();
        string[] rooms = ["a", "b", "c", "d"];
        foreach (var room in rooms)
        {
            await script.JoinAsync(room);
        }

        await script.ReconnectAsync(new WelcomeText { Connection = "c2", MessagesPerSecond = 1 / turn.TotalSeconds, Burst = 2 });
        var joins = new List<string>();
        var news = new List<ClientEvent>();
        for (var n = 0; n < 5; n++)
        {
            news.AddRange(await script.Events.NewsAsync(script.Connection)); // it has seen the answer before
            if (n >= 2)
            {
                await script.PassAsync(turn);
            }

            var join = await script.Connection.ExpectJoinAsync();
            joins.Add(string.Concat(join.Rooms));
            await (join.Rooms.Contains("c") ? script.Connection.ErrorAsync(join.Request, "invalid_message") : join.AckAsync());
        }

        Assert.Equal(["abcd", "ab", "cd", "c", "d"], joins);
        Assert.Equal("c", Assert.Single(news.OfType<RemovedEvent>()).Room);
        Assert.Equal(2, script.Server.Attempts);
    }
}
