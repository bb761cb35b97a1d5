using System.Text.Json;
using WsCore.TestKit.Hosting;

namespace WsCore.FunctionalTests.Protocol;

/// <summary><c>join</c> and <c>leave</c>, one room and several.</summary>
public sealed class JoinTests
{
    [Fact]
    public async Task Joining_is_acknowledged_with_the_room_and_nothing_else_where_there_is_no_presence()
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();

        Assert.Equal("""{"type":"ack","id":"q1","room":"lobby"}""", (await client.JoinAsync("lobby")).GetRawText());
        Assert.Equal("""{"type":"ack","id":"q2","room":"lobby"}""", (await client.JoinAsync("lobby")).GetRawText()); // again is harmless
        Assert.Single(application.WsCore.Members("lobby"));
    }

    [Fact]
    public async Task Joining_without_an_id_is_not_acknowledged_and_counts_all_the_same()
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();
        await client.SendAsync("""{"type":"join","room":"lobby"}""");

        await client.ExpectNothingAsync();
        Assert.Single(application.WsCore.Members("lobby"));
    }

    [Fact]
    public async Task The_count_is_told_where_the_namespace_has_presence_and_counts_users_not_connections()
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Namespaces["chat"] = new() { Presence = true });
        await using var ada = await application.ConnectAsync("ada");
        await using var adaAgain = await application.ConnectAsync("ada");
        await using var nobody = await application.ConnectAsync();

        Assert.Equal(1, (await ada.JoinAsync("chat:1")).Number("count"));
        Assert.Equal(1, (await adaAgain.JoinAsync("chat:1")).Number("count"));
        Assert.Equal(2, (await nobody.JoinAsync("chat:1")).Number("count"));
        Assert.Equal(2, (await ada.JoinAsync("chat:1")).Number("count"));
        await ada.LeaveAsync("chat:1");
        Assert.Equal(2, (await nobody.JoinAsync("chat:1")).Number("count"));
    }

    [Fact]
    public async Task Several_rooms_have_a_result_each_in_the_order_asked()
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Namespaces["chat"] = new() { Presence = true });
        await using var client = await application.ConnectAsync("ada");
        var ack = await client.AckAsync("""{"type":"join","rooms":["b",{"room":"chat:7"},"user:grace","a"],"members":true}""");

        Assert.Equal(["type", "id", "results"], ack.Names());
        var results = ack.Items("results");
        Assert.Equal(["b", "chat:7", "user:grace", "a"], results.Select(result => result.Text("room")));
        Assert.Equal(["room"], results[0].Names());
        Assert.Equal(["room", "count", "members", "more"], results[1].Names());
        Assert.Equal("forbidden", results[2].Text("code"));
        Assert.NotEmpty(results[2].Text("message")!);
        Assert.Single(application.WsCore.Members("a"));
    }

    [Fact]
    public async Task A_room_too_many_is_refused_and_those_before_it_are_kept()
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Limits.MaxRoomsPerConnection = 2);
        await using var client = await application.ConnectAsync("ada"); // whose personal room does not count
        var results = (await client.AckAsync("""{"type":"join","rooms":["a","b","c"]}""")).Items("results");

        Assert.Equal([null, null, "too_many_rooms"], results.Select(result => result.Text("code")));
        await client.RefusedAsync("too_many_rooms", """{"type":"join","room":"d"}""");
        await client.JoinAsync("a"); // is in it already
        await client.LeaveAsync("b");
        await client.JoinAsync("d");
    }

    [Fact]
    public async Task A_full_room_is_forbidden_until_somebody_leaves()
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Namespaces["duo"] = new() { MaxMembers = 2 });
        await using var first = await application.ConnectAsync();
        await using var second = await application.ConnectAsync();
        await using var third = await application.ConnectAsync();
        await first.JoinAsync("duo:1");
        await second.JoinAsync("duo:1");

        await third.RefusedAsync("forbidden", """{"type":"join","room":"duo:1"}""");
        await first.LeaveAsync("duo:1");
        await third.JoinAsync("duo:1");
    }

    [Fact]
    public async Task A_personal_room_takes_its_owner_and_nobody_else()
    {
        await using var application = await TestApplication.StartAsync();
        await using var ada = await application.ConnectAsync("ada");
        await using var nobody = await application.ConnectAsync();

        await ada.JoinAsync("user:ada");
        foreach (var (client, room) in ((ChatClient, string)[])[(ada, "user:grace"), (nobody, "user:ada"), (ada, "user:adam"), (ada, "user:ad")])
        {
            await client.RefusedAsync("forbidden", $$"""{"type":"join","room":"{{room}}"}""");
        }
    }

    [Theory]
    [InlineData("user:ada")]
    [InlineData("user:grace")]
    public async Task Everything_else_on_a_personal_room_is_forbidden(string room)
    {
        await using var application = await TestApplication.StartAsync(o => o.Options = options => options.Namespaces["user"] = new() { Presence = true });
        await using var ada = await application.ConnectAsync("ada");

        await ada.RefusedAsync("forbidden", $$"""{"type":"leave","room":"{{room}}"}""");
        await ada.RefusedAsync("forbidden", $$"""{"type":"broadcast","room":"{{room}}","payload":1}""");
        await ada.RefusedAsync("forbidden", $$"""{"type":"members","room":"{{room}}"}""");
        await ada.AckAsync("""{"type":"send","to":"ada","payload":1}"""); // is still in it
        Assert.Single(await ada.NewsAsync());
    }

    [Fact]
    public async Task Leaving_is_acknowledged_and_ends_the_messages_and_twice_is_harmless()
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();
        await using var other = await application.ConnectAsync();
        await client.AckAsync("""{"type":"join","rooms":["a","b"]}""");
        await other.JoinAsync("a");

        var ack = await client.AckAsync("""{"type":"leave","rooms":["a","b","never"]}""");
        Assert.Equal("ack", ack.Text("type"));
        await client.LeaveAsync("a");
        await other.BroadcastAsync("a", "1");
        await client.ExpectNothingAsync();
        Assert.Equal(1, application.Node.Rooms.Count);
    }

    [Fact]
    public async Task A_since_is_answered_with_not_recovered_as_no_room_keeps_a_history()
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();

        var ack = await client.AckAsync("""{"type":"join","room":"lobby","since":{"epoch":"e1","seq":7}}""");
        Assert.False(ack.GetProperty("recovered").GetBoolean());
        await client.RefusedAsync("invalid_message", """{"type":"join","room":"lobby","since":7}""");
    }

    [Fact]
    public async Task A_state_over_its_limit_is_too_large_and_one_within_is_ignored()
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();

        await client.AckAsync("""{"type":"join","room":"lobby","state":{"mood":"good"}}""");
        var tooLarge = await client.RefusedAsync("too_large", $$"""{"type":"join","room":"side","state":"{{new string('x', 1100)}}"}""");
        Assert.Contains("'state'", tooLarge.Text("message"), StringComparison.Ordinal);
        Assert.Empty(application.WsCore.Members("side"));
    }

    [Fact]
    public async Task Rooms_are_told_apart_byte_by_byte()
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();
        string[] names = ["a", "A", "\u00e9", "e\u0301", "chat:a", "chat:a:b", " a", "a\"b\\c", "😀"];
        foreach (var name in names)
        {
            Assert.Equal(name, (await client.JoinAsync(name)).Text("room"));
        }

        Assert.Equal(names.Length, application.Node.Rooms.Count);
        await client.AckAsync("""{"type":"join","room":"\u0061"}"""); // the same as a
        Assert.Equal(names.Length, application.Node.Rooms.Count);
    }

    [Fact]
    public async Task From_the_ack_on_everything_arrives_and_nothing_before_it()
    {
        await using var application = await TestApplication.StartAsync();
        await using var speaker = await application.ConnectAsync();
        await speaker.JoinAsync("lobby");
        using var stop = new CancellationTokenSource();
        var speaking = Task.Run(async () =>
        {
            for (var i = 0; !stop.IsCancellationRequested; i++)
            {
                await speaker.BroadcastAsync("lobby", $"{i}");
            }
        });

        for (var round = 0; round < 20; round++)
        {
            await using var socket = await application.ConnectRawAsync();
            await socket.SendTextAsync("""{"type":"join","id":"1","room":"lobby"}""");
            Assert.Equal("ack", (await socket.ReceiveJsonAsync()).Text("type"));
            var first = (await socket.ReceiveJsonAsync()).Number("payload");
            for (var i = 1; i < 5; i++)
            {
                Assert.Equal(first + i, (await socket.ReceiveJsonAsync()).Number("payload"));
            }
        }

        await stop.CancelAsync();
        await speaking.WaitAsync(TimeSpan.FromSeconds(30), TimeProvider.System);
    }

    [Fact]
    public async Task A_hundred_and_twenty_eight_rooms_go_into_one_request_and_no_more()
    {
        await using var application = await TestApplication.StartAsync();
        await using var client = await application.ConnectAsync();
        static string Rooms(int count) => JsonSerializer.Serialize(Enumerable.Range(0, count).Select(i => $"room {i}"));

        await client.RefusedAsync("invalid_message", $$"""{"type":"join","rooms":{{Rooms(129)}}}""");
        Assert.Equal(0, application.Node.Rooms.Count);
        Assert.Equal(128, (await client.AckAsync($$"""{"type":"join","rooms":{{Rooms(128)}}}""")).Items("results").Length);
        Assert.Equal(128, application.Node.Rooms.Count);
        await client.CloseAsync();
        await application.IsEmptyAsync();
        Assert.Equal(0, application.Node.Rooms.Count);
    }
}
