using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Rooms;

/// <summary>A server that does not answer a join is as good as gone; but the time counts from when the join could leave.</summary>
public sealed class UnansweredJoinTests
{
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

    [Fact]
    public async Task A_join_that_the_socket_does_not_take_ends_the_connection()
    {
        await using var script = await ClientScript.ConnectedAsync();
        for (var i = 0; i < 4; i++)
        {
            Assert.True(script.Client.Post("elsewhere", Payload.FromText(new string('x', 50_000)))); // the server does not read
        }

        var joining = script.Client.JoinAsync("lobby");
        await script.PassAsync(TimeSpan.FromSeconds(10));

        await Assert.ThrowsAsync<TimeoutException>(() => joining.WithTimeout(ScriptedConnection.Patience));
        await script.AcceptAsync();
    }

    [Fact]
    public async Task The_last_fraction_of_a_millisecond_is_waited_for_and_not_spun_through()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { RequestTimeout = TimeSpan.FromSeconds(10) + TimeSpan.FromTicks(1) });
        _ = script.Client.JoinAsync("lobby");
        await script.Connection.ExpectJoinAsync();

        var passing = Task.Run(() => script.Clock.Advance(TimeSpan.FromSeconds(10)));

        await passing.WithTimeout(ScriptedConnection.Patience, "the clock");
    }
}
