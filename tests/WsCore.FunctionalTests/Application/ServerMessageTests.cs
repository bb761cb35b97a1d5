using WsCore.Access;
using WsCore.TestKit.Hosting;

namespace WsCore.FunctionalTests.Application;

/// <summary>What the application says through <c>IWsCore</c>.</summary>
public sealed class ServerMessageTests
{
    [Fact]
    public async Task A_message_to_a_room_reaches_its_members_without_a_from()
    {
        await using var application = await TestApplication.StartWithManualClockAsync(o => o.Options = options => options.Namespaces["news"] = new() { Publish = Namespaces.PublishRule.Server });
        await using var member = await application.ConnectAsync();
        await using var outside = await application.ConnectAsync();
        await member.JoinAsync("news:1");
        var time = application.Time.GetUtcNow().ToUnixTimeMilliseconds();

        await application.WsCore.BroadcastAsync("news:1", Payload.FromJson("[ 1.0 ]"), "price");
        await application.WsCore.BroadcastAsync("news:1", Payload.FromBinary(new byte[] { 1, 2 }));
        await application.WsCore.BroadcastAsync("news:1", Payload.FromText("say \"é\""));
        await application.WsCore.BroadcastAsync("news:nobody", Payload.FromJson("1"));

        var news = await member.NewsAsync();
        Assert.Equal($$"""{"type":"message","room":"news:1","event":"price","time":{{time}},"payload":[ 1.0 ]}""", news[0].Raw);
        Assert.Equal([1, 2], news[1].Binary!);
        Assert.Equal("say \"é\"", news[2].Json.Text("payload"));
        Assert.Equal(3, news.Count);
        await outside.ExpectNothingAsync();
        Assert.Equal(1, application.Node.Rooms.Count); // nobody's room was not made
    }

    [Fact]
    public async Task A_message_to_a_namespace_reaches_each_connection_in_it_once()
    {
        await using var application = await TestApplication.StartAsync();
        await using var twice = await application.ConnectAsync();
        await using var once = await application.ConnectAsync();
        await using var elsewhere = await application.ConnectAsync("ada");
        await twice.AckAsync("""{"type":"join","rooms":["chat:1","chat:2","lobby"]}""");
        await once.JoinAsync("chat:2");
        await elsewhere.AckAsync("""{"type":"join","rooms":["chatter:1","lobby"]}""");

        await application.WsCore.BroadcastToNamespaceAsync("chat", Payload.FromJson("1"), "e");
        var message = Assert.Single(await twice.NewsAsync()).Json;
        Assert.Equal(["type", "namespace", "event", "time", "payload"], message.Names());
        Assert.Equal("chat", message.Text("namespace"));
        Assert.Single(await once.NewsAsync());
        await elsewhere.ExpectNothingAsync();

        await application.WsCore.BroadcastToNamespaceAsync("default", Payload.FromJson("1"));
        Assert.Single(await twice.NewsAsync());
        Assert.Single(await elsewhere.NewsAsync());
        await once.ExpectNothingAsync();
        await application.WsCore.BroadcastToNamespaceAsync("nobody", Payload.FromJson("1"));
    }

    [Fact]
    public async Task A_message_to_everybody_reaches_every_connection()
    {
        await using var application = await TestApplication.StartAsync();
        await using var first = await application.ConnectAsync();
        await using var second = await application.ConnectAsync("ada");
        await application.WsCore.BroadcastToEverybodyAsync(Payload.FromJson("1"));

        foreach (var client in (ChatClient[])[first, second])
        {
            var message = Assert.Single(await client.NewsAsync()).Json;
            Assert.Equal(["type", "everybody", "time", "payload"], message.Names());
            Assert.True(message.GetProperty("everybody").GetBoolean());
        }
    }

    [Fact]
    public async Task A_message_to_a_user_reaches_all_their_connections()
    {
        await using var application = await TestApplication.StartAsync();
        await using var laptop = await application.ConnectAsync("ada");
        await using var phone = await application.ConnectAsync("ada");
        await using var other = await application.ConnectAsync("grace");
        await application.WsCore.SendAsync("ada", Payload.FromJson("1"), "e");
        await application.WsCore.SendAsync("nobody", Payload.FromJson("1"));

        foreach (var client in (ChatClient[])[laptop, phone])
        {
            Assert.Equal(["type", "to", "event", "time", "payload"], Assert.Single(await client.NewsAsync()).Json.Names());
        }

        await other.ExpectNothingAsync();
    }

    [Fact]
    public async Task Messages_of_the_application_keep_their_order()
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync("ada");
        await client.JoinAsync("lobby");
        for (var i = 0; i < 300; i += 3)
        {
            await application.WsCore.BroadcastAsync("lobby", Payload.FromJson($"{i}"));
            await application.WsCore.SendAsync("ada", Payload.FromJson($"{i + 1}"));
            await application.WsCore.BroadcastToEverybodyAsync(Payload.FromJson($"{i + 2}"));
        }

        Assert.Equal(Enumerable.Range(0, 300).Select(i => (long)i), (await client.NewsAsync()).Select(m => m.Json.Number("payload")));
    }

    public static TheoryData<string> BadRooms => new("", "Chat:1", "default:x", "chat:", "a\nb", new string('x', 256));

    [Theory]
    [MemberData(nameof(BadRooms))]
    public async Task A_name_that_is_no_room_is_an_argument_error(string room)
    {
        await using var application = await TestApplication.StartAsync();
        var wsCore = application.WsCore;

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await wsCore.BroadcastAsync(room, Payload.FromJson("1")));
        Assert.ThrowsAny<ArgumentException>(() => wsCore.Members(room));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await wsCore.RemoveAsync(room, "id"));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await wsCore.RemoveUserAsync(room, "ada"));
    }

    public static TheoryData<string> BadUsers => new("", "a\nb", new string('x', 251));

    [Theory]
    [MemberData(nameof(BadUsers))]
    public async Task A_name_that_is_no_user_is_an_argument_error(string user)
    {
        await using var application = await TestApplication.StartAsync();
        var wsCore = application.WsCore;

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await wsCore.SendAsync(user, Payload.FromJson("1")));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await wsCore.DisconnectUserAsync(user, "reason"));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await wsCore.RemoveUserAsync("lobby", user));
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_no_name() // on its own: it does not survive the way through a theory's data
    {
        await using var application = await TestApplication.StartAsync();
        const string Half = "a\ud800";

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await application.WsCore.BroadcastAsync(Half, Payload.FromJson("1")));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await application.WsCore.SendAsync(Half, Payload.FromJson("1")));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await application.WsCore.DisconnectUserAsync(Half, "reason"));
    }

    public static TheoryData<string> BadNamespaces => new("", "Chat", "a:b", "chat:", "a b", new string('x', 33));

    [Theory]
    [MemberData(nameof(BadNamespaces))]
    public async Task A_name_that_is_no_namespace_is_an_argument_error(string name)
    {
        await using var application = await TestApplication.StartAsync();

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await application.WsCore.BroadcastToNamespaceAsync(name, Payload.FromJson("1")));
    }

    [Fact]
    public async Task A_payload_or_event_that_is_none_is_an_argument_error()
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();
        await client.JoinAsync("lobby");
        var wsCore = application.WsCore;

        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await wsCore.BroadcastAsync("lobby", default));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await wsCore.SendAsync("ada", default));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await wsCore.BroadcastToEverybodyAsync(default));
        await Assert.ThrowsAnyAsync<ArgumentException>(async () => await wsCore.BroadcastToNamespaceAsync("default", default));
        foreach (var name in (string[])["", new string('x', 65)])
        {
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await wsCore.BroadcastAsync("lobby", Payload.FromJson("1"), name));
            await Assert.ThrowsAnyAsync<ArgumentException>(async () => await wsCore.BroadcastToEverybodyAsync(Payload.FromJson("1"), name));
        }

        Assert.ThrowsAny<ArgumentException>(() => Payload.FromJson("{"));
        Assert.ThrowsAny<ArgumentException>(() => Payload.FromJson(""));
        Assert.ThrowsAny<ArgumentException>(() => Payload.FromJson("1 2"));
        Assert.ThrowsAny<ArgumentException>(() => Payload.FromJson(new string('[', 32) + new string(']', 32)));
        await client.ExpectNothingAsync();
    }
}
