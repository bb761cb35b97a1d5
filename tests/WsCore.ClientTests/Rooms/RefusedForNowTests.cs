using WsCore.ClientTests.Script;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Rooms;

/// <summary>Joins that the server refuses for now, telling when to come again.</summary>
public sealed class RefusedForNowTests
{
    [Fact]
    public async Task A_room_that_is_joined_and_asked_for_with_another_state_is_asked_for_again()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        var joining = script.Client.JoinAsync("lobby", new JoinOptions { State = Payload.FromText("away") });
        await RefuseAsync(await script.Connection.ExpectJoinAsync(), 700);
        await script.PassAsync(TimeSpan.FromMilliseconds(700));
        var again = await script.Connection.ExpectJoinAsync();
        Assert.Equal("\"away\"", again.State("lobby"));
        await again.AckAsync(Text.At(7));

        await joining.WithTimeout(ScriptedConnection.Patience);
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task What_a_full_inbox_missed_is_asked_for_again()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { InboxSize = 10 });
        await script.JoinAsync("lobby", Text.At(0));
        var room = new ScriptedRoom("lobby");
        await room.SayAsync(script.Connection, 12);
        await script.Connection.HandledAsync(script.Client);
        await script.Messages.NextAsync(10);
        await RefuseAsync(await script.Connection.ExpectJoinAsync(), 700);
        await script.PassAsync(TimeSpan.FromMilliseconds(700));

        Assert.Equal(10, await room.AnswerAsync(script.Connection, await script.Connection.ExpectJoinAsync()));
        Assert.Equal(["11", "12"], await script.Messages.NextAsync(2));
    }

    [Fact]
    public async Task The_longest_time_told_is_that_of_all()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("a");
        await script.JoinAsync("b");
        await script.JoinAsync("c");
        await script.ReconnectAsync();
        await (await script.Connection.ExpectJoinAsync()).AckAsync(room => ScriptedJoin.Refused("unavailable", room == "b" ? 3000 : 700));
        await script.Connection.HandledAsync(script.Client);
        script.Clock.Advance(TimeSpan.FromMilliseconds(2900));
        await script.Connection.NothingMoreAsync(script.Client);
        script.Clock.Advance(TimeSpan.FromMilliseconds(101));

        Assert.Equal(["a", "b", "c"], (await script.Connection.ExpectJoinAsync()).Rooms.Order());
    }

    [Fact]
    public async Task Told_no_time_it_comes_again_after_a_second()
    {
        await using var script = await ClientScript.ConnectedAsync();
        _ = script.Client.JoinAsync("lobby");
        await (await script.Connection.ExpectJoinAsync()).AckAsync(ScriptedJoin.Refused("unavailable"));
        await script.Connection.HandledAsync(script.Client);
        script.Clock.Advance(TimeSpan.FromMilliseconds(990));
        await script.Connection.NothingMoreAsync(script.Client);
        script.Clock.Advance(TimeSpan.FromMilliseconds(11));

        await script.Connection.ExpectJoinAsync();
    }

    [Fact]
    public async Task The_next_connection_comes_again_when_it_was_told_and_not_when_the_one_before_was()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        await script.ReconnectAsync();
        await RefuseAsync(await script.Connection.ExpectJoinAsync(), 2000);
        await script.ReconnectAsync(new WelcomeText { Connection = "c3" });
        await RefuseAsync(await script.Connection.ExpectJoinAsync(), 5000);
        await PassAsync(script, 2000);
        await script.Connection.NothingMoreAsync(script.Client);
        await PassAsync(script, 3000);

        await (await script.Connection.ExpectJoinAsync()).AckAsync();
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task One_that_is_asked_for_anew_before_that_is_not_asked_for_twice()
    {
        await using var script = await ClientScript.ConnectedAsync();
        _ = script.Client.JoinAsync("lobby");
        await RefuseAsync(await script.Connection.ExpectJoinAsync(), 2000);
        await script.Connection.HandledAsync(script.Client);
        _ = script.Client.JoinAsync("lobby");
        var open = await script.Connection.ExpectJoinAsync();
        await PassAsync(script, 2000);
        await script.Connection.HandledAsync(script.Client);
        await RefuseAsync(open, 5000);
        await script.Events.NewsAsync(script.Connection);

        await script.Connection.NothingMoreAsync(script.Client);
    }

    private static Task RefuseAsync(ScriptedJoin join, int retryAfter) => join.AckAsync(ScriptedJoin.Refused("unavailable", retryAfter));

    private static async Task PassAsync(ClientScript script, int milliseconds)
    {
        await script.Events.NewsAsync(script.Connection);
        script.Clock.Advance(TimeSpan.FromMilliseconds(milliseconds + 1));
    }
}
