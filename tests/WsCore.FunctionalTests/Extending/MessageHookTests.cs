using System.Collections.Concurrent;
using WsCore.Access;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.FunctionalTests.Extending;

/// <summary>The hooks that take part in joins, broadcasts and sends.</summary>
public sealed class MessageHookTests
{
    private readonly HookScript _script = new();

    [Fact]
    public async Task A_join_may_be_refused_room_by_room()
    {
        _script.Joining = (join, _) =>
        {
            if (join.Room == "staff")
            {
                join.Refuse($"{join.Connection.User ?? "Nobody"} may not.");
            }
            else if (join.Room == "paid")
            {
                join.Refuse("payment_required", "Pay first.");
            }

            return default;
        };
        await using var application = await TestApplication.StartAsync(_script);
        await using var client = await application.ConnectAsync("ada");

        Assert.Equal("ada may not.", (await client.RefusedAsync("forbidden", """{"type":"join","room":"staff"}""")).Text("message"));
        await client.RefusedAsync("payment_required", """{"type":"join","room":"paid"}""");
        var results = (await client.AckAsync("""{"type":"join","rooms":["paid","lobby","staff"]}""")).Items("results");
        Assert.Equal(["payment_required", null, "forbidden"], results.Select(result => result.Text("code")));
        Assert.Equal(["lobby", "user:ada"], application.Node.Rooms.All().Select(room => room.Name.Text).Order());
    }

    [Fact]
    public async Task A_join_hook_that_throws_is_an_internal_error_and_no_member()
    {
        _script.Joining = (_, _) => throw new InvalidOperationException("on purpose");
        await using var application = await TestApplication.StartAsync(_script);
        await using var client = await application.ConnectAsync();

        await client.RefusedAsync("internal_error", """{"type":"join","room":"lobby"}""");
        await client.RefusedAsync("internal_error", """{"type":"join","rooms":["lobby","side"]}""");
        Assert.Equal(0, application.Node.Rooms.Count);
        Assert.All(application.Errors, error => Assert.Contains("on purpose", error, StringComparison.Ordinal));
    }

    [Fact]
    public async Task The_broadcast_hook_sees_what_is_sent_and_may_replace_it()
    {
        var seen = new ConcurrentQueue<string>();
        _script.Broadcasting = (broadcast, _) =>
        {
            seen.Enqueue($"{broadcast.Connection.User} {broadcast.Room ?? broadcast.To} {broadcast.Event} {broadcast.Payload}");
            broadcast.Payload = broadcast.Event switch
            {
                "json" => Payload.FromJson($$"""{"was":{{broadcast.Payload}}}"""),
                "binary" => Payload.FromBinary(new byte[] { 1, 2, 3 }),
                "text" => Payload.FromText("it was \"binary\""),
                _ => broadcast.Payload,
            };
            return default;
        };
        await using var application = await TestApplication.StartAsync(_script);
        await using var client = await application.ConnectAsync("ada");
        await client.JoinAsync("lobby");
        await client.BroadcastAsync("lobby", "[1, 2]", ""","event":"json","echo":true""");
        await client.BroadcastAsync("lobby", "1", ""","event":"binary","echo":true""");
        await client.RequestBinaryAsync("""{"type":"broadcast","room":"lobby","event":"text","echo":true}""", [9, 9]);
        await client.BroadcastAsync("lobby", "\"same\"", ""","event":"\u0065vent \"é\"","echo":true""");
        await client.AckAsync("""{"type":"send","to":"ada","payload":7,"event":"json"}""");

        var messages = await client.NewsAsync();
        Assert.Equal("""{"was":[1, 2]}""", messages[0].Json.Raw("payload"));
        Assert.Equal([1, 2, 3], messages[1].Binary!);
        Assert.False(messages[1].Json.Has("payload"));
        Assert.Equal("it was \"binary\"", messages[2].Json.Text("payload"));
        Assert.Equal("same", messages[3].Json.Text("payload"));
        Assert.Equal("""{"was":7}""", messages[4].Json.Raw("payload"));
        Assert.Equal(["ada lobby json [1, 2]", "ada lobby binary 1", "ada lobby text 2 bytes", "ada lobby event \"é\" \"same\"", "ada ada json 7"], seen);
    }

    [Fact]
    public async Task A_payload_that_is_none_is_refused_where_it_is_set_and_never_becomes_a_broken_message()
    {
        _script.Broadcasting = (broadcast, _) =>
        {
            broadcast.Payload = default;
            return default;
        };
        await using var application = await TestApplication.StartAsync(_script);
        await using var client = await application.ConnectAsync();
        await client.JoinAsync("lobby");

        await client.RefusedAsync("internal_error", """{"type":"broadcast","room":"lobby","payload":1,"echo":true}""");
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task Who_is_removed_while_a_hook_thinks_does_not_publish_any_more()
    {
        var (asked, answer) = (new TaskCompletionSource(), new TaskCompletionSource());
        _script.Broadcasting = async (_, _) =>
        {
            asked.TrySetResult();
            await answer.Task;
        };
        await using var application = await TestApplication.StartAsync(_script);
        await using var client = await application.ConnectAsync("ada");
        await using var listener = await application.ConnectAsync();
        await client.JoinAsync("lobby");
        await listener.JoinAsync("lobby");
        await client.SendAsync("""{"type":"broadcast","id":"1","room":"lobby","payload":1}""");
        await asked.Task.WithTimeout();
        Assert.Equal(1, await application.WsCore.RemoveUserAsync("lobby", "ada"));
        answer.SetResult();

        var news = await client.NewsAsync();
        Assert.Equal(["removed", "error"], news.Select(m => m.Type));
        Assert.Equal("not_joined", news[1].Json.Text("code"));
        await listener.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_payload_that_would_make_every_reader_a_slow_one_is_refused_where_it_is_made()
    {
        var large = Payload.FromBinary(new byte[600_000]);
        _script.Broadcasting = (broadcast, _) =>
        {
            broadcast.Payload = large;
            return default;
        };
        _script.Calling = (call, _) =>
        {
            call.Reply(Payload.FromText(new string('x', 600_000)));
            return default;
        };
        await using var application = await TestApplication.StartAsync(_script);
        await using var client = await application.ConnectAsync("ada");
        await client.JoinAsync("lobby");

        await client.RefusedAsync("internal_error", """{"type":"broadcast","room":"lobby","payload":1,"echo":true}""");
        await client.RefusedAsync("internal_error", """{"type":"call","method":"m"}""");
        await Assert.ThrowsAsync<ArgumentException>(() => application.WsCore.BroadcastAsync("lobby", large).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => application.WsCore.SendAsync("ada", large).AsTask());
        await Assert.ThrowsAsync<ArgumentException>(() => application.WsCore.BroadcastToEverybodyAsync(large).AsTask());
        await client.ExpectNothingAsync();
    }

    [Fact]
    public async Task What_the_hook_adds_to_the_ack_is_in_it_and_for_several_rooms_in_the_result_of_each()
    {
        _script.Broadcasting = (broadcast, _) =>
        {
            broadcast.AddToAck("number", Payload.FromJson(broadcast.Room == "b" ? "2" : "1"));
            broadcast.AddToAck("text", Payload.FromText("é"));
            Assert.Throws<ArgumentException>(() => broadcast.AddToAck("number", Payload.FromJson("2")));
            Assert.Throws<ArgumentException>(() => broadcast.AddToAck("id", Payload.FromJson("2")));
            Assert.Throws<ArgumentException>(() => broadcast.AddToAck("a b", Payload.FromJson("2")));
            Assert.Throws<ArgumentException>(() => broadcast.AddToAck("c", Payload.FromBinary(new byte[1])));
            Assert.Throws<ArgumentException>(() => broadcast.AddToAck("c", default));
            return default;
        };
        await using var application = await TestApplication.StartAsync(_script);
        await using var client = await application.ConnectAsync("ada");
        await client.AckAsync("""{"type":"join","rooms":["a","b"]}""");

        var one = await client.BroadcastAsync("a", "1");
        Assert.Equal(["type", "id", "number", "text"], one.Names());
        Assert.Equal("é", one.Text("text"));
        var several = await client.AckAsync("""{"type":"broadcast","rooms":["a","b"],"payload":1}""");
        Assert.Equal([1, 2], several.Items("results").Select(result => result.Number("number")));
        Assert.Equal(1, (await client.AckAsync("""{"type":"send","to":"eve","payload":1}""")).Number("number"));
    }

    [Fact]
    public async Task A_refused_broadcast_reaches_nobody_in_any_of_its_rooms()
    {
        _script.Broadcasting = (broadcast, _) =>
        {
            if (broadcast.Room == "b" || broadcast.To is not null)
            {
                broadcast.Refuse("no_swearing", "Mind your words.");
            }

            return default;
        };
        await using var application = await TestApplication.StartAsync(_script);
        await using var client = await application.ConnectAsync("ada");
        await using var listener = await application.ConnectAsync("grace");
        await client.AckAsync("""{"type":"join","rooms":["a","b"]}""");
        await listener.AckAsync("""{"type":"join","rooms":["a","b"]}""");

        await client.RefusedAsync("no_swearing", """{"type":"broadcast","room":"b","payload":1}""");
        var several = await client.RefusedAsync("no_swearing", """{"type":"broadcast","rooms":["a","b"],"payload":1}""");
        Assert.Contains("b", several.Text("message"), StringComparison.Ordinal);
        await client.RefusedAsync("no_swearing", """{"type":"send","to":"grace","payload":1}""");
        await listener.ExpectNothingAsync();
    }

    [Fact]
    public async Task A_broadcast_hook_that_throws_is_an_internal_error_and_delivers_nothing()
    {
        _script.Broadcasting = (_, _) => throw new InvalidOperationException("on purpose");
        await using var application = await TestApplication.StartAsync(_script);
        await using var client = await application.ConnectAsync("ada");
        await client.JoinAsync("lobby");

        await client.RefusedAsync("internal_error", """{"type":"broadcast","room":"lobby","payload":1,"echo":true}""");
        await client.RefusedAsync("internal_error", """{"type":"send","to":"ada","payload":1}""");
        await client.ExpectNothingAsync();
        Assert.Equal(2, application.Errors.Count);
    }

    [Fact]
    public async Task Delivered_tells_what_went_out_once_for_each_room()
    {
        var delivered = new ConcurrentQueue<string>();
        _script.Broadcasting = (broadcast, _) =>
        {
            broadcast.Payload = Payload.FromJson($"[{broadcast.Payload}]");
            return default;
        };
        _script.Delivered = (message, _) =>
        {
            delivered.Enqueue($"{message.Connection.User} {message.Room ?? "to " + message.To} {message.Event} {message.Payload}");
            return default;
        };
        await using var application = await TestApplication.StartAsync(_script);
        await using var client = await application.ConnectAsync("ada");
        await client.AckAsync("""{"type":"join","rooms":["a","b"]}""");
        await client.SendAsync("""{"type":"broadcast","rooms":["a","b"],"payload":1,"event":"e"}""");
        await client.SendAsync("""{"type":"broadcast","room":"nobody","payload":1}"""); // refused, so not delivered
        await client.SendAsync("""{"type":"send","to":"grace","payload":2}""");
        await client.NewsAsync();

        Assert.Equal(["ada a e [1]", "ada b e [1]", "ada to grace  [2]"], delivered);
    }

    [Fact]
    public async Task A_delivered_hook_that_throws_takes_nothing_back()
    {
        _script.Delivered = (_, _) => throw new InvalidOperationException("on purpose");
        await using var application = await TestApplication.StartAsync(_script);
        await using var client = await application.ConnectAsync();
        await client.JoinAsync("lobby");
        await client.SendAsync("""{"type":"broadcast","id":"1","room":"lobby","payload":1,"echo":true}""");

        var news = await client.NewsAsync();
        Assert.Equal("message", news[0].Type);
        Assert.Equal(("ack", "1"), (news[1].Type, news[1].Json.Text("id")));
        Assert.Single(news, message => message.Json.Text("id") == "1"); // one answer to one request
        await Eventually.Equal(1, () => application.Errors.Count);
    }
}
