using System.Text.Json;
using WsCore.ClientTests.Script;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Requests;

/// <summary>Each request on the wire, and its answer as the application gets it.</summary>
public sealed class AnswerTests
{
    [Fact]
    public async Task A_broadcast_has_what_was_set_and_nothing_else()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var plain = script.Client.BroadcastAsync("lobby", Payload.FromText("hello"));
        var sent = await script.Connection.ExpectAsync("broadcast");
        Assert.Equal(["id", "once", "payload", "room", "type"], sent.Names().Order(StringComparer.Ordinal));
        Assert.InRange(sent.Text("id")!.Length, 1, 64);
        Assert.InRange(sent.Text("once")!.Length, 16, 64);
        await script.Connection.AckAsync(sent);
        AssertEmpty(await plain.WithTimeout(ScriptedConnection.Patience));

        var full = script.Client.BroadcastAsync(
            ["lobby", "chat:7"],
            Payload.FromJson("1.50"u8.ToArray()),
            new BroadcastOptions { Event = "order", Once = "0123456789abcdef", Echo = true, Reliable = true, Key = "EUR" });
        sent = await script.Connection.ExpectAsync("broadcast");
        Assert.Equal(["echo", "event", "id", "key", "once", "payload", "reliable", "rooms", "type"], sent.Names().Order(StringComparer.Ordinal));
        Assert.Equal(["lobby", "chat:7"], sent.Items("rooms").Select(room => room.GetString()));
        Assert.Equal(("order", "0123456789abcdef", "EUR", "1.50"), (sent.Text("event"), sent.Text("once"), sent.Text("key"), sent.Raw("payload")));
        Assert.True(sent.GetProperty("echo").GetBoolean() && sent.GetProperty("reliable").GetBoolean());
        await script.Connection.AckAsync(sent, """
            "results":[{"room":"lobby"},{"room":"chat:7","epoch":"e","seq":4}]
            """);
        Assert.Equal([new RoomPosition("lobby", null), new RoomPosition("chat:7", new Position("e", 4))], (await full.WithTimeout(ScriptedConnection.Patience)).Results);
    }

    [Fact]
    public async Task An_ephemeral_broadcast_has_no_once()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var broadcasting = script.Client.BroadcastAsync("lobby", Payload.Null, new BroadcastOptions { Ephemeral = true });
        var sent = await script.Connection.ExpectAsync("broadcast");

        Assert.Equal(["ephemeral", "id", "payload", "room", "type"], sent.Names().Order(StringComparer.Ordinal));
        await script.Connection.AckAsync(sent);
        AssertEmpty(await broadcasting.WithTimeout(ScriptedConnection.Patience));
    }

    [Fact]
    public async Task Each_broadcast_has_a_once_of_its_own()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var keys = new HashSet<string?>();
        for (var i = 0; i < 100; i++)
        {
            _ = script.Client.BroadcastAsync("lobby", Payload.Null);
            keys.Add((await script.Connection.ExpectAsync("broadcast")).Text("once"));
        }

        Assert.Equal(100, keys.Count);
    }

    [Fact]
    public async Task Answers_are_matched_by_their_id_and_not_by_their_order()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var tasks = new List<Task<Ack>>();
        var requests = new List<JsonElement>();
        for (var i = 0; i < 20; i++)
        {
            tasks.Add(script.Client.BroadcastAsync("lobby", Payload.Null));
            requests.Add(await script.Connection.ExpectAsync("broadcast"));
        }

        Assert.Equal(20, requests.Select(request => request.Text("id")).Distinct().Count());
        for (var i = 19; i >= 0; i--)
        {
            await script.Connection.AckAsync(requests[i], Text.At(i));
        }

        for (var i = 0; i < 20; i++)
        {
            Assert.Equal(new Position("e", i), (await tasks[i].WithTimeout(ScriptedConnection.Patience)).Position);
        }
    }

    [Fact]
    public async Task A_refusal_is_an_exception_with_its_code()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var broadcasting = script.Client.BroadcastAsync("lobby", Payload.Null);
        await script.Connection.ErrorAsync(await script.Connection.ExpectAsync("broadcast"), "not_joined");
        var thrown = await Assert.ThrowsAsync<RequestException>(() => broadcasting.WithTimeout(ScriptedConnection.Patience));
        Assert.Equal(("not_joined", null, "Because."), (thrown.Code, thrown.RetryAfter, thrown.Message));

        var calling = script.Client.CallAsync("orders.latest");
        await script.Connection.ErrorAsync(await script.Connection.ExpectAsync("call"), "sold_out", 250);
        thrown = await Assert.ThrowsAsync<RequestException>(() => calling.WithTimeout(ScriptedConnection.Patience));
        Assert.Equal(("sold_out", TimeSpan.FromMilliseconds(250)), (thrown.Code, thrown.RetryAfter));
    }

    [Fact]
    public async Task An_answer_that_nobody_waits_for_disturbs_nothing()
    {
        await using var script = await ClientScript.ConnectedAsync();
        await script.Connection.SendAsync("""{"type":"ack","id":"nobody's"}""");
        await script.Connection.SendAsync("""{"type":"error","id":"nobody's","code":"forbidden","message":"."}""");
        await script.Connection.SendAsync("""{"type":"pong","id":"nobody's","time":1}""");
        await script.Connection.SendAsync("""{"type":"pong","time":1}""");

        Assert.DoesNotContain(await script.Events.NewsAsync(script.Connection), told => told is ErrorEvent); // it belongs to a request, if to a forgotten one
        await script.Connection.NothingMoreAsync(script.Client);
    }

    [Fact]
    public async Task A_send_goes_to_a_user()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var sending = script.Client.SendAsync("ada", Payload.FromJson("[1]"u8.ToArray()), new BroadcastOptions { Event = "invitation", Reliable = true, Echo = true, Ephemeral = true, Key = "k" });
        var sent = await script.Connection.ExpectAsync("send"); // without what means nothing here
        Assert.Equal(["event", "id", "once", "payload", "reliable", "to", "type"], sent.Names().Order(StringComparer.Ordinal));
        Assert.Equal(("ada", "invitation", "[1]"), (sent.Text("to"), sent.Text("event"), sent.Raw("payload")));
        await script.Connection.AckAsync(sent, Text.At(3));

        Assert.Equal(new Position("e", 3), (await sending.WithTimeout(ScriptedConnection.Patience)).Position);
    }

    [Fact]
    public async Task A_call_returns_what_the_application_answers()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var calling = script.Client.CallAsync("orders.latest", Payload.FromJson("{\"limit\": 3}"u8.ToArray()));
        var call = await script.Connection.ExpectAsync("call");
        Assert.Equal(("orders.latest", "{\"limit\": 3}"), (call.Text("method"), call.Raw("payload")));
        await script.Connection.AckAsync(call, "\"payload\":[ 1.0 ]");
        Assert.Equal("[ 1.0 ]", (await calling.WithTimeout(ScriptedConnection.Patience)).ToString());

        calling = script.Client.CallAsync("nothing");
        call = await script.Connection.ExpectAsync("call");
        Assert.False(call.Has("payload"));
        await script.Connection.AckAsync(call);
        Assert.Null(await calling.WithTimeout(ScriptedConnection.Patience));
    }

    [Fact]
    public async Task Members_come_in_pages()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var asking = script.Client.MembersAsync("lobby", 50, "grace");
        var asked = await script.Connection.ExpectAsync("members");
        Assert.Equal(("lobby", 50, "grace"), (asked.Text("room"), asked.Number("limit"), asked.Text("after")));
        await script.Connection.AckAsync(asked, """
            "room":"lobby","count":5,"members":[{"user":"ada","connections":2,"since":1767268800000,"state":{"mood":"busy"}},{"connection":"Qp71xT","connections":1,"since":1767268805120}],"more":true
            """);
        var page = await asking.WithTimeout(ScriptedConnection.Patience);

        Assert.Equal((5, true), (page.Count, page.HasMore));
        Assert.Equal(
            [
                new Member("ada", null, 2, DateTimeOffset.FromUnixTimeMilliseconds(1767268800000), Payload.FromJson("""{"mood":"busy"}"""u8.ToArray())),
                new Member(null, "Qp71xT", 1, DateTimeOffset.FromUnixTimeMilliseconds(1767268805120), null),
            ],
            page.Members);
    }

    [Fact]
    public async Task History_comes_in_pages()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var asking = script.Client.HistoryAsync("lobby", new Position("e", 1040), 50);
        var asked = await script.Connection.ExpectAsync("history");
        Assert.Equal(("lobby", 50), (asked.Text("room"), asked.Number("limit")));
        Assert.Equal(("e", 1040), (asked.GetProperty("since").Text("epoch"), asked.GetProperty("since").Number("seq")));
        await script.Connection.AckAsync(asked, $$"""
            "room":"lobby","epoch":"e","from":1041,"to":1042,"messages":[{{Text.Numbered("lobby", 1041)}},
            {"type":"message","room":"lobby","epoch":"e","seq":1042,"from":{"connection":"c1"},"time":1767268800251,"binary":true,"payload":"3q2+7w=="}],"more":true
            """);
        var page = await asking.WithTimeout(ScriptedConnection.Patience);

        Assert.Equal((1041, new Position("e", 1042), true), (page.First, page.Last, page.HasMore));
        Assert.Equal([new Position("e", 1041), new Position("e", 1042)], page.Messages.Select(message => message.Position!.Value));
        Assert.Equal([Payload.FromJson("1041"u8.ToArray()), Payload.FromBinary(new byte[] { 0xde, 0xad, 0xbe, 0xef })], page.Messages.Select(message => message.Payload));
        Assert.Equal([false, true], page.Messages.Select(message => message.IsOwn));
    }

    [Fact]
    public async Task An_empty_page_says_where_it_is()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var asking = script.Client.HistoryAsync("lobby");
        var asked = await script.Connection.ExpectAsync("history");
        Assert.False(asked.Has("since"));
        await script.Connection.AckAsync(asked, """
            "room":"lobby","epoch":"e","from":1,"to":0,"messages":[],"more":false
            """);
        var page = await asking.WithTimeout(ScriptedConnection.Patience);

        Assert.Empty(page.Messages);
        Assert.Equal((1, new Position("e", 0), false), (page.First, page.Last, page.HasMore));
    }

    [Fact]
    public async Task Who_is_online_comes_in_the_order_asked()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var asking = script.Client.OnlineAsync(["ada", "grace"]);
        var asked = await script.Connection.ExpectAsync("online");
        Assert.Equal(["ada", "grace"], asked.Items("users").Select(user => user.GetString()));
        await script.Connection.AckAsync(asked, """
            "users":["grace"]
            """);

        Assert.Equal(["grace"], await asking.WithTimeout(ScriptedConnection.Patience));
    }

    [Fact]
    public async Task A_ping_tells_how_long_the_round_took()
    {
        await using var script = await ClientScript.ConnectedAsync();
        var pinging = script.Client.PingAsync();
        var ping = await script.Connection.ExpectAsync("ping");
        script.Clock.Advance(TimeSpan.FromMilliseconds(120));
        await script.Connection.PongAsync(ping);

        Assert.Equal(120, (await pinging.WithTimeout(ScriptedConnection.Patience)).TotalMilliseconds, 1.0);
    }

    [Fact]
    public async Task A_post_asks_for_no_answer_and_its_refusal_is_an_event()
    {
        await using var script = await ClientScript.ConnectedAsync();
        Assert.True(script.Client.Post("lobby", Payload.FromText("hello"), new BroadcastOptions { Event = "cursor", Ephemeral = true }));
        var sent = await script.Connection.ExpectAsync("broadcast");
        Assert.Equal(["ephemeral", "event", "payload", "room", "type"], sent.Names().Order(StringComparer.Ordinal));

        await script.Connection.ErrorAsync(sent, "not_joined");
        Assert.Equal(new ErrorEvent("not_joined", "Because."), await script.Events.NextAsync<ErrorEvent>());
    }

    private static void AssertEmpty(Ack ack)
    {
        Assert.Null(ack.Position);
        Assert.False(ack.IsDuplicate);
        Assert.Empty(ack.Results);
    }
}
