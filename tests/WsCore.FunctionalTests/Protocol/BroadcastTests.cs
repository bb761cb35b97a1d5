using WsCore.Namespaces;
using WsCore.TestKit.Hosting;

namespace WsCore.FunctionalTests.Protocol;

/// <summary><c>broadcast</c>: who gets it, in what form, and who may.</summary>
public sealed class BroadcastTests
{
    [Fact]
    public async Task Every_member_but_the_sender_gets_the_message_once()
    {
        await using var application = await TestApplication.StartWithManualClockAsync();
        await using var ada = await application.ConnectAsync("ada");
        await using var grace = await application.ConnectAsync("grace");
        await using var nobody = await application.ConnectAsync();
        await using var outside = await application.ConnectAsync();
        foreach (var client in (ChatClient[])[ada, grace, nobody])
        {
            await client.JoinAsync("lobby");
        }

        var ack = await ada.BroadcastAsync("lobby", """{"text":"hello"}""", ""","event":"chat" """);

        Assert.Equal("""{"type":"ack","id":"q2"}""", ack.GetRawText());
        var expected = $$$"""{"type":"message","room":"lobby","from":{"user":"ada","connection":"{{{ada.Id}}}"},"event":"chat","time":{{{application.Time.GetUtcNow().ToUnixTimeMilliseconds()}}},"payload":{"text":"hello"}}""";
        Assert.Equal(expected, Assert.Single(await grace.NewsAsync()).Raw);
        Assert.Equal(expected, Assert.Single(await nobody.NewsAsync()).Raw);
        await ada.ExpectNothingAsync();
        await outside.ExpectNothingAsync();
    }

    [Fact]
    public async Task An_anonymous_sender_is_only_a_connection()
    {
        await using var application = await TestApplication.StartAsync();
        await using var nobody = await application.ConnectAsync();
        await nobody.JoinAsync("lobby");
        await nobody.BroadcastAsync("lobby", "null", ""","echo":true""");

        var message = Assert.Single(await nobody.NewsAsync()).Json;
        Assert.Equal($$"""{"connection":"{{nobody.Id}}"}""", message.Raw("from"));
        Assert.Equal("null", message.Raw("payload"));
        Assert.False(message.Has("event"));
    }

    [Fact]
    public async Task Without_an_id_there_is_no_ack_and_with_echo_the_message_comes_before_the_ack()
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();
        await client.JoinAsync("lobby");
        await client.SendAsync("""{"type":"broadcast","room":"lobby","payload":1,"echo":true}""");
        await client.SendAsync("""{"type":"broadcast","id":"x","room":"lobby","payload":2,"echo":true}""");
        await client.SendAsync("""{"type":"broadcast","room":"lobby","payload":3,"echo":false}""");

        Assert.Equal(["1", "2", "ack x"], (await client.NewsAsync()).Select(m => m.Type == "ack" ? $"ack {m.Json.Text("id")}" : m.Json.Raw("payload")));
    }

    [Fact]
    public async Task Ephemeral_messages_arrive_like_others_where_the_reader_reads()
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();
        await client.JoinAsync("lobby");
        await client.BroadcastAsync("lobby", "1", ""","echo":true,"ephemeral":true,"key":"cursor" """);

        var message = Assert.Single(await client.NewsAsync()).Json;
        Assert.Equal("cursor", message.Text("key"));
        Assert.False(message.Has("ephemeral"));
    }

    [Fact]
    public async Task Several_rooms_get_it_each_and_the_ack_has_a_result_for_each()
    {
        await using var application = await TestApplication.StartAsync();
        await using var sender = await application.ConnectAsync();
        await using var both = await application.ConnectAsync();
        await sender.AckAsync("""{"type":"join","rooms":["a","b"]}""");
        await both.AckAsync("""{"type":"join","rooms":["a","b"]}""");

        var ack = await sender.AckAsync("""{"type":"broadcast","rooms":["b","a"],"payload":1}""");
        Assert.Equal("""[{"room":"b"},{"room":"a"}]""", ack.Raw("results"));
        Assert.Equal(["b", "a"], (await both.NewsAsync()).Select(m => m.Json.Text("room")));
    }

    [Fact]
    public async Task A_room_that_is_named_twice_gets_it_once()
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();
        await client.AckAsync("""{"type":"join","rooms":["a","b"]}""");

        var ack = await client.AckAsync("""{"type":"broadcast","rooms":["a","b","a"],"payload":1,"echo":true}""");
        Assert.Equal("""[{"room":"a"},{"room":"b"}]""", ack.Raw("results"));
        Assert.Equal(["a", "b"], (await client.NewsAsync()).Select(m => m.Json.Text("room")));
    }

    [Fact]
    public async Task Of_several_rooms_either_all_get_it_or_none()
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Namespaces["news"] = new() { Publish = PublishRule.Server });
        await using var sender = await application.ConnectAsync();
        await using var listener = await application.ConnectAsync();
        await sender.AckAsync("""{"type":"join","rooms":["a","news:1"]}""");
        await listener.AckAsync("""{"type":"join","rooms":["a","b","news:1"]}""");

        var notJoined = await sender.RefusedAsync("not_joined", """{"type":"broadcast","rooms":["a","b"],"payload":1}""");
        Assert.Contains("b", notJoined.Text("message"), StringComparison.Ordinal);
        await sender.RefusedAsync("forbidden", """{"type":"broadcast","rooms":["a","news:1"],"payload":1}""");
        await sender.RefusedAsync("forbidden", """{"type":"broadcast","rooms":["a","user:ada"],"payload":1}""");
        await sender.RefusedAsync("invalid_message", """{"type":"broadcast","rooms":["a","default:b"],"payload":1}""");
        await listener.ExpectNothingAsync();
    }

    [Fact]
    public async Task Sixteen_rooms_go_into_one_request_and_no_more()
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Namespaces["default"] = new() { Publish = PublishRule.Anyone });
        await using var client = await application.ConnectAsync();
        static string Rooms(int count) => System.Text.Json.JsonSerializer.Serialize(Enumerable.Range(0, count).Select(i => $"room {i}"));

        Assert.Equal(16, (await client.AckAsync($$"""{"type":"broadcast","rooms":{{Rooms(16)}},"payload":1}""")).Items("results").Length);
        await client.RefusedAsync("invalid_message", $$"""{"type":"broadcast","rooms":{{Rooms(17)}},"payload":1}""");
        await client.RefusedAsync("invalid_message", """{"type":"broadcast","rooms":[],"payload":1}""");
    }

    [Fact]
    public async Task Who_may_broadcast_is_the_namespaces_rule()
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options =>
        {
            options.Namespaces["open"] = new() { Publish = PublishRule.Anyone };
            options.Namespaces["news"] = new() { Publish = PublishRule.Server };
        });
        await using var outside = await application.ConnectAsync();
        await using var member = await application.ConnectAsync();
        await member.AckAsync("""{"type":"join","rooms":["lobby","open:1","news:1","other:1"]}""");

        await outside.RefusedAsync("not_joined", """{"type":"broadcast","room":"lobby","payload":1}""");
        await outside.RefusedAsync("not_joined", """{"type":"broadcast","room":"other:1","payload":1}"""); // follows the rules of default
        await outside.RefusedAsync("not_joined", """{"type":"broadcast","room":"nobody here","payload":1}""");
        await outside.RefusedAsync("forbidden", """{"type":"broadcast","room":"news:1","payload":1}""");
        await outside.RefusedAsync("forbidden", """{"type":"broadcast","room":"news:empty","payload":1}""");
        await member.RefusedAsync("forbidden", """{"type":"broadcast","room":"news:1","payload":1}""");
        await member.ExpectNothingAsync();

        await outside.BroadcastAsync("open:1", "1");
        await outside.BroadcastAsync("open:nobody here", "1");
        Assert.Equal("open:1", Assert.Single(await member.NewsAsync()).Json.Text("room"));
        Assert.Equal(4, application.Node.Rooms.Count);
    }

    [Fact]
    public async Task A_binary_broadcast_arrives_in_binary_and_its_reply_is_text()
    {
        await using var application = await TestApplication.StartAsync();
        await using var sender = await application.ConnectAsync("ada");
        await using var receiver = await application.ConnectAsync();
        await sender.JoinAsync("lobby");
        await receiver.JoinAsync("lobby");

        var ack = await sender.RequestBinaryAsync("""{"type":"broadcast","room":"lobby","event":"blob","echo":true}""", [0, 1, 254, 255]);
        Assert.Equal("ack", ack.Text("type"));
        foreach (var client in (ChatClient[])[sender, receiver])
        {
            var message = Assert.Single(await client.NewsAsync());
            Assert.Equal([0, 1, 254, 255], message.Binary!);
            Assert.Equal(["type", "room", "from", "event", "time"], message.Json.Names());
        }
    }

    [Fact]
    public async Task Messages_of_one_sender_keep_their_order_at_every_member()
    {
        const int Messages = 500;
        await using var application = await TestApplication.StartAsync();
        await using var first = await application.ConnectAsync("first");
        await using var second = await application.ConnectAsync("second");
        await using var listener = await application.ConnectAsync();
        foreach (var client in (ChatClient[])[first, second, listener])
        {
            await client.JoinAsync("lobby");
        }

        await Task.WhenAll(SpeakAsync(first), SpeakAsync(second));
        await first.NewsAsync();
        await second.NewsAsync();

        var heard = await listener.NewsAsync();
        foreach (var speaker in (string[])["first", "second"])
        {
            var payloads = heard.Where(m => m.Json.GetProperty("from").Text("user") == speaker).Select(m => m.Json.Number("payload"));
            Assert.Equal(Enumerable.Range(0, Messages).Select(i => (long)i), payloads);
        }

        static async Task SpeakAsync(ChatClient client)
        {
            for (var i = 0; i < Messages; i++)
            {
                await client.SendAsync($$"""{"type":"broadcast","room":"lobby","payload":{{i}}}""");
            }
        }
    }
}
