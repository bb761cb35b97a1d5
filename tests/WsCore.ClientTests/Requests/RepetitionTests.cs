using WsCore.ClientTests.Script;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Requests;

/// <summary>What is repeated, when, and until when.</summary>
public sealed class RepetitionTests
{
    [Fact]
    public async Task Unanswered_broadcasts_are_repeated_with_the_same_once_in_their_order_when_the_rooms_are_joined()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby", Text.At(7));
        var tasks = new List<Task<Ack>>();
        var keys = new List<string?>();
        for (var i = 0; i < 5; i++)
        {
            tasks.Add(script.Client.BroadcastAsync("lobby", Payload.FromText($"number {i}")));
            keys.Add((await script.Connection.ExpectAsync("broadcast")).Text("once"));
        }

        await script.ReconnectAsync();
        var join = await script.Connection.ExpectJoinAsync();
        await script.Events.NewsAsync(script.Connection);
        Assert.True(script.Connection.IsQuiet());
        await join.AckAsync(Text.At(7) + ",\"recovered\":true");
        for (var i = 0; i < 5; i++)
        {
            var again = await script.Connection.ExpectAsync("broadcast");
            Assert.Equal((keys[i], $"\"number {i}\""), (again.Text("once"), again.Raw("payload")));
            await script.Connection.AckAsync(again, Text.At(8 + i) + (i == 0 ? ",\"duplicate\":true" : ""));
            var ack = await tasks[i].WithTimeout(ScriptedConnection.Patience);
            Assert.Equal((new Position("e", 8 + i), i == 0), (ack.Position, ack.IsDuplicate));
        }

        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Theory]
    [InlineData("send")]
    [InlineData("call")]
    [InlineData("binary")]
    public async Task Whatever_can_have_a_once_is_repeated(string what)
    {
        await using var script = await ClientScript.ConnectedAsync();
        Task waiting = what switch
        {
            "send" => script.Client.SendAsync("ada", Payload.Null),
            "call" => script.Client.CallAsync("orders.latest", Payload.FromText("a")),
            _ => script.Client.BroadcastAsync("lobby", Payload.FromBinary(new byte[] { 1, 2, 3 })),
        };
        var first = await script.Connection.NextAsync();
        Assert.InRange(first.Json.Text("once")?.Length ?? 0, 16, 64);
        await script.ReconnectAsync();
        var second = await script.Connection.NextAsync();

        Assert.Equal((first.Type, first.Json.Text("once")), (second.Type, second.Json.Text("once")));
        Assert.Equal(first.Binary, second.Binary);
        await script.Connection.AckAsync(second.Json);
        await waiting.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task What_was_answered_is_not_repeated()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var broadcasting = script.Client.BroadcastAsync("lobby", Payload.Null);
        await script.Connection.AckAsync(await script.Connection.ExpectAsync("broadcast"));
        await broadcasting.WithTimeout(ScriptedConnection.Patience);
        broadcasting = script.Client.BroadcastAsync("lobby", Payload.Null);
        await script.Connection.ErrorAsync(await script.Connection.ExpectAsync("broadcast"), "forbidden");
        await Assert.ThrowsAsync<RequestException>(() => broadcasting.WithTimeout(ScriptedConnection.Patience));

        await script.ReconnectAsync();
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task What_is_broadcast_without_a_connection_waits_for_one()
    {
        await using var script = await ClientScript.ConnectedAsync();
        script.Connection.Drop();
        var attempt = await script.Server.AttemptAsync();
        var first = script.Client.BroadcastAsync("lobby", Payload.FromText("a"));
        var second = script.Client.BroadcastAsync("lobby", Payload.FromText("b"));
        var next = attempt.Accept();
        await next.WelcomeAsync();
        foreach (var (task, payload) in new[] { (first, "\"a\""), (second, "\"b\"") })
        {
            var sent = await next.ExpectAsync("broadcast");
            Assert.Equal(payload, sent.Raw("payload"));
            await next.AckAsync(sent);
            await task.WithTimeout(ScriptedConnection.Patience);
        }

        next.Drop();
    }

    [Fact]
    public async Task What_is_ephemeral_is_not_kept_without_a_connection()
    {
        await using var script = await ClientScript.ConnectedAsync();
        script.Connection.Drop();
        var attempt = await script.Server.AttemptAsync();
        await Assert.ThrowsAnyAsync<WsClientException>(
            () => script.Client.BroadcastAsync("lobby", Payload.Null, new BroadcastOptions { Ephemeral = true }).WithTimeout(ScriptedConnection.Patience));
        Assert.False(script.Client.Post("lobby", Payload.Null));
        var next = attempt.Accept();
        await next.WelcomeAsync();

        await next.NothingMoreAsync(script.Client);
        next.Drop();
    }

    [Fact]
    public async Task What_is_ephemeral_fails_with_its_connection()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var broadcasting = script.Client.BroadcastAsync("lobby", Payload.Null, new BroadcastOptions { Ephemeral = true });
        await script.Connection.ExpectAsync("broadcast");
        await script.ReconnectAsync();

        Assert.Equal(1006, (await Assert.ThrowsAsync<ConnectionClosedException>(() => broadcasting.WithTimeout(ScriptedConnection.Patience))).CloseCode);
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Theory]
    [InlineData("members")]
    [InlineData("history")]
    [InlineData("online")]
    [InlineData("ping")]
    public async Task What_only_asks_is_asked_again(string type)
    {
        await using var script = await ClientScript.ConnectedAsync();
        Task asking = type switch
        {
            "members" => script.Client.MembersAsync("lobby"),
            "history" => script.Client.HistoryAsync("lobby"),
            "online" => script.Client.OnlineAsync(["ada"]),
            _ => script.Client.PingAsync(),
        };
        await script.Connection.ExpectAsync(type);
        await script.ReconnectAsync();
        var again = await script.Connection.ExpectAsync(type);
        await (type == "ping" ? script.Connection.PongAsync(again) : script.Connection.AckAsync(again, """
            "users":[],"members":[],"messages":[],"count":0,"more":false,"epoch":"e","from":1,"to":0
            """));

        await asking.WithTimeout(ScriptedConnection.Patience);
    }

    [Theory]
    [InlineData("rate_limited")]
    [InlineData("unavailable")]
    public async Task What_is_refused_for_now_is_said_again_after_the_time_told(string code)
    {
        await using var script = await ClientScript.ConnectedAsync();
        var broadcasting = script.Client.BroadcastAsync("lobby", Payload.FromText("a"));
        var sent = await script.Connection.ExpectAsync("broadcast");
        var once = sent.Text("once");
        for (var i = 0; i < 3; i++)
        {
            await script.Connection.ErrorAsync(sent, code, 300);
            await script.TimerAsync(TimeSpan.FromMilliseconds(300));
            script.Clock.Advance(TimeSpan.FromMilliseconds(290));
            await script.Connection.NothingMoreAsync(script.Client);
            script.Clock.Advance(TimeSpan.FromMilliseconds(11));
            sent = await script.Connection.ExpectAsync("broadcast");
            Assert.Equal((once, "\"a\""), (sent.Text("once"), sent.Raw("payload")));
        }

        await script.Connection.AckAsync(sent);
        await broadcasting.WithTimeout(ScriptedConnection.Patience);
    }

    [Theory]
    [InlineData("rate_limited")]
    [InlineData("unavailable")]
    public async Task What_is_refused_without_a_time_to_come_again_is_told_at_once(string code)
    {
        await using var script = await ClientScript.ConnectedAsync();
        var broadcasting = script.Client.BroadcastAsync("lobby", Payload.Null);
        await script.Connection.ErrorAsync(await script.Connection.ExpectAsync("broadcast"), code);

        Assert.Equal(code, (await Assert.ThrowsAsync<RequestException>(() => broadcasting.WithTimeout(ScriptedConnection.Patience))).Code);
    }

    [Fact]
    public async Task What_the_next_connection_has_repeated_is_not_said_again_when_the_time_told_by_the_one_before_has_come()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var broadcasting = script.Client.BroadcastAsync("lobby", Payload.Null);
        await script.Connection.ErrorAsync(await script.Connection.ExpectAsync("broadcast"), "unavailable", 700);
        await script.Connection.HandledAsync(script.Client);
        await script.ReconnectAsync();
        var again = await script.Connection.ExpectAsync("broadcast");
        script.Clock.Advance(TimeSpan.FromMilliseconds(701));
        await script.Connection.HandledAsync(script.Client);
        await script.Connection.NothingMoreAsync(script.Client);

        await script.Connection.AckAsync(again);
        await broadcasting.WithTimeout(ScriptedConnection.Patience);
    }

    [Fact]
    public async Task What_is_refused_as_not_joined_in_a_room_that_is_joined_is_told_at_once()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.JoinAsync("lobby");
        var broadcasting = script.Client.BroadcastAsync("lobby", Payload.Null);
        await script.Connection.ErrorAsync(await script.Connection.ExpectAsync("broadcast"), "not_joined");

        Assert.Equal("not_joined", (await Assert.ThrowsAsync<RequestException>(() => broadcasting.WithTimeout(ScriptedConnection.Patience))).Code);
    }

    [Fact]
    public async Task What_only_asks_and_is_refused_for_now_is_asked_again()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var asking = script.Client.OnlineAsync(["ada"]);
        await script.Connection.ErrorAsync(await script.Connection.ExpectAsync("online"), "rate_limited", 300);
        await script.PassAsync(TimeSpan.FromMilliseconds(300));
        await script.Connection.AckAsync(await script.Connection.ExpectAsync("online"), "\"users\":[]");

        Assert.Empty(await asking.WithTimeout(ScriptedConnection.Patience));
    }

    [Fact]
    public async Task What_is_refused_for_now_again_and_again_is_given_up_with_the_refusal()
    {
        await using var script = await ClientScript.ConnectedAsync(options => options with { RepeatFor = TimeSpan.FromSeconds(10) });
        var broadcasting = script.Client.BroadcastAsync("lobby", Payload.Null);
        for (var i = 0; i < 3; i++)
        {
            await script.Connection.ErrorAsync(await script.Connection.ExpectAsync("broadcast"), "unavailable", 3000);
            await script.PassAsync(TimeSpan.FromSeconds(3));
        }

        await script.Connection.ErrorAsync(await script.Connection.ExpectAsync("broadcast"), "unavailable", 3000); // after 9 s; the next would come too late
        await script.Connection.HandledAsync(script.Client);
        var thrown = await Assert.ThrowsAsync<RequestException>(() => broadcasting.WithTimeout(ScriptedConnection.Patience));
        Assert.Equal(("unavailable", TimeSpan.FromSeconds(3)), (thrown.Code, thrown.RetryAfter));
    }

    [Fact]
    public async Task What_has_a_once_is_repeated_for_two_minutes_over_however_many_connections()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var broadcasting = script.Client.BroadcastAsync("lobby", Payload.Null);
        await script.Connection.ExpectAsync("broadcast");
        for (var i = 0; i < 7; i++)
        {
            script.Clock.Advance(TimeSpan.FromSeconds(17));
            Assert.False(broadcasting.IsCompleted);
            await script.ReconnectAsync();
            await script.Connection.ExpectAsync("broadcast");
        }

        await script.PassAsync(TimeSpan.FromSeconds(2)); // 119 s, and these
        await Assert.ThrowsAsync<TimeoutException>(() => broadcasting.WithTimeout(ScriptedConnection.Patience));
        await script.ReconnectAsync();
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task What_waits_without_a_connection_is_given_up_too()
    {
        await using var script = await ClientScript.ConnectedAsync();
        script.Connection.Drop();
        await script.Server.AttemptAsync();
        var broadcasting = script.Client.BroadcastAsync("lobby", Payload.Null);
        script.Clock.Advance(TimeSpan.FromSeconds(119));
        Assert.False(broadcasting.IsCompleted);
        script.Clock.Advance(TimeSpan.FromSeconds(2));

        await Assert.ThrowsAsync<TimeoutException>(() => broadcasting.WithTimeout(ScriptedConnection.Patience));
    }
}
