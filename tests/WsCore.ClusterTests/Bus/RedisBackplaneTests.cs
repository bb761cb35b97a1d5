using System.Text.Json;
using WsCore.Access;
using WsCore.Backplane;
using WsCore.Framing;
using WsCore.Hosting;
using WsCore.Namespaces;
using WsCore.Redis.Bus;
using WsCore.Rooms;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Bus;

/// <summary>What goes from node to node through a real Redis, and what happens while it is away.</summary>
public sealed class RedisBackplaneTests
{
    [RedisFact]
    public async Task Every_kind_of_message_arrives_on_the_other_node_as_it_is_here()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var a = await BusNode.UpAsync(redis.ConnectionString, "a");
        await using var b = await BusNode.UpAsync(redis.ConnectionString, "b");
        var sender = await a.ConnectAsync(null, "tea", "chat:1");
        var near = await a.ConnectAsync("ada", "tea", "chat:1");
        var far = await b.ConnectAsync("ada", "tea", "chat:1");
        var apart = await b.ConnectAsync("bob", "coffee");

        await sender.Say("""{"type":"broadcast","room":"tea","payload":"é","event":"line"}""");
        await sender.SayBinary([0, 33, .. """{"type":"broadcast","room":"tea"}"""u8, 0, 1, 2]);
        await sender.Say("""{"type":"broadcast","room":"tea","payload":1,"ephemeral":true}""");
        await sender.Say("""{"type":"send","to":"ada","payload":2}""");
        await a.Application.BroadcastAsync("tea", Payload.FromJson("3"), reliable: true);
        await a.Application.SendAsync("ada", Payload.FromJson("4"));
        await a.Application.BroadcastToNamespaceAsync("chat", Payload.FromJson("5"));
        await a.Application.BroadcastToEverybodyAsync(Payload.FromJson("6"));

        await Eventually.Is(() => Frames(near).Count >= 8 && Frames(far).Count >= 8 && Frames(apart).Count >= 1);
        Assert.Equal(8, Frames(near).Count);

        // Channels are each in order; between them there is none.
        Assert.Equal(Frames(near).Order(StringComparer.Ordinal), Frames(far).Order(StringComparer.Ordinal));
        Assert.Equal("6", PayloadOf(Assert.Single(apart.Texts)));
        Assert.Equal(["3", "5", "6"], sender.Texts.Select(PayloadOf)); // of its own nothing came back
    }

    [RedisFact]
    public async Task One_sender_keeps_its_order_and_nothing_is_lost()
    {
        const int Messages = 5_000;
        await using var redis = await RedisServer.StartAsync();
        await using var a = await BusNode.UpAsync(redis.ConnectionString, "a");
        await using var b = await BusNode.UpAsync(redis.ConnectionString, "b");
        var (sender, far) = (await a.ConnectAsync(null, "tea"), await b.ConnectAsync(null, "tea"));
        for (var i = 0; i < Messages; i++)
        {
            await sender.Say($$"""{"type":"broadcast","room":"tea","payload":{{i}}}""");
        }

        await Eventually.Is(() => Frames(far).Count >= Messages, "all arrive");
        Assert.Equal(Enumerable.Range(0, Messages).Select(i => $"{i}"), far.Texts.Select(PayloadOf));
        Assert.Empty(sender.Texts);
    }

    [RedisFact]
    public async Task What_leaves_a_conflated_room_arrives_with_its_key()
    {
        static void Conflated(WsCoreOptions options) =>
            options.Namespaces["cursors"] = new NamespaceOptions { Conflate = TimeSpan.FromMilliseconds(100), Publish = PublishRule.Anyone };
        await using var redis = await RedisServer.StartAsync();
        await using var a = await BusNode.UpAsync(redis.ConnectionString, "a", options: Conflated);
        await using var b = await BusNode.UpAsync(redis.ConnectionString, "b", options: Conflated);
        var (sender, far) = (await a.ConnectAsync(null, "cursors:1"), await b.ConnectAsync(null, "cursors:1", "after"));
        await sender.Say("""{"type":"broadcast","room":"cursors:1","payload":1,"key":"EUR"}""");
        a.Test.Clock.Advance(TimeSpan.FromMilliseconds(100));
        await sender.Say("""{"type":"broadcast","room":"cursors:1","payload":2,"key":"EUR"}""");
        await sender.Say("""{"type":"broadcast","room":"cursors:1","payload":3}""");
        await Eventually.Is(() => b.Test.Rooms.Conflators.Sum(conflator => conflator.Open) == 2); // EUR, and the sender
        await Eventually.Is(() => far.Texts.Count == 2);
        Assert.Equal(["1", "3"], far.Texts.Select(PayloadOf));
        b.Test.Clock.Advance(TimeSpan.FromMilliseconds(100));
        await Eventually.Is(() => far.Texts.Count == 3);

        Assert.Equal("2", PayloadOf(far.Last));
    }

    [RedisFact]
    public async Task A_message_goes_to_the_room_that_was_signed_whatever_channel_brings_it()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var a = await BusNode.UpAsync(redis.ConnectionString, "a");
        await using var b = await BusNode.UpAsync(redis.ConnectionString, "b");
        var (tea, coffee) = (await b.ConnectAsync(null, "tea"), await b.ConnectAsync(null, "coffee"));
        var message = new BusMessage(BusTarget.Room, RoomName.Create("tea"u8), null, TestFrames.Text("x"));
        var envelope = a.Link.Codec.Write(MessageCodec.Write(message, "a"));
        Assert.True(a.Link.TryPublish(a.Link.Keys.Room(RoomName.Create("coffee"u8)), envelope));
        await Eventually.Is(() => tea.Texts.Count == 1);

        Assert.Empty(coffee.Texts);
    }

    [RedisFact]
    public async Task A_node_with_another_secret_or_prefix_is_not_heard()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var a = await BusNode.UpAsync(redis.ConnectionString, "a");
        await using var b = await BusNode.UpAsync(redis.ConnectionString, "b");
        await using var foreign = await BusNode.UpAsync(redis.ConnectionString, "c", options => options.HmacKey = new string('k', 32));
        await using var apart = await BusNode.UpAsync(redis.ConnectionString, "d", options => options.Prefix = "other");
        var heard = new List<TestConnection>();
        foreach (var node in new[] { b, foreign, apart })
        {
            heard.Add(await node.ConnectAsync(null, "tea"));
        }

        await foreign.Application.BroadcastAsync("tea", Payload.FromJson("1"));
        await apart.Application.BroadcastAsync("tea", Payload.FromJson("2"));
        await a.Application.BroadcastAsync("tea", Payload.FromJson("3"));
        await Eventually.Is(() => heard[0].Texts.Count > 0);

        Assert.Equal(["3", "1", "2"], heard.Select(client => PayloadOf(Assert.Single(client.Texts))));
    }

    [RedisFact]
    public async Task Commands_are_obeyed_on_every_node_and_counted()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var a = await BusNode.UpAsync(redis.ConnectionString, "a");
        await using var b = await BusNode.UpAsync(redis.ConnectionString, "b");
        await using var c = await BusNode.UpAsync(redis.ConnectionString, "c");
        var clients = new List<TestConnection>();
        foreach (var node in new[] { a, b, b, c })
        {
            clients.Add(await node.ConnectAsync("ada", "tea"));
        }

        Assert.Equal(4, await a.Application.RemoveUserAsync("tea", "ada").AsTask().WithTimeout());
        Assert.Equal(0, await b.Application.RemoveUserAsync("tea", "ada").AsTask().WithTimeout());
        Assert.True(await a.Application.DisconnectAsync(clients[3].Connection.Id, "Far.").AsTask().WithTimeout());
        Assert.False(await a.Application.DisconnectAsync("nobody", "x").AsTask().WithTimeout());
        Assert.Equal(3, await c.Application.DisconnectUserAsync("ada", "Enough.").AsTask().WithTimeout());

        Assert.Equal(["Enough.", "Enough.", "Enough.", "Far."], clients.Select(client => client.Connection.CloseReason));
        Assert.All(clients, client => Assert.Equal(CloseCodes.Disconnected, client.Connection.CloseCode));
    }

    [RedisFact]
    public async Task A_node_that_does_not_answer_is_told_of_and_the_others_have_obeyed()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var a = await BusNode.UpAsync(redis.ConnectionString, "a");
        await using var b = await BusNode.UpAsync(redis.ConnectionString, "b");
        var (near, far) = (await a.ConnectAsync("ada"), await b.ConnectAsync("ada"));

        var failure = await Assert.ThrowsAsync<UnavailableException>(() => a.Application.DisconnectUserAsync("ada", "x").AsTask().WithTimeout());

        Assert.Equal("1 of 2 other nodes did not answer within 2 s.", failure.Message);
        Assert.Equal((true, true), (near.Connection.IsClosing, far.Connection.IsClosing));
    }

    [RedisFact]
    public async Task While_Redis_is_away_rooms_go_on_here_and_when_it_is_back_everywhere()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var a = await BusNode.UpAsync(redis.ConnectionString, "a");
        await using var b = await BusNode.UpAsync(redis.ConnectionString, "b");
        (a.Living, b.Living) = (["a", "b"], ["a", "b"]);
        var (near, far) = (await a.ConnectAsync("ada", "tea"), await b.ConnectAsync("ada", "tea"));
        Assert.Null(a.Backplane.Problem);
        await redis.KillAsync();
        await Eventually.Is(() => !a.Link.IsUp && !b.Link.IsUp);
        Assert.NotNull(a.Backplane.Problem);
        Assert.True(a.Backplane.HasRoom);

        var late = await a.ConnectAsync(null, "tea", "new"); // joins do not wait for it
        await late.Say("""{"type":"broadcast","id":"1","room":"tea","payload":1}""").WithTimeout();
        await Eventually.Is(() => near.Texts.Count == 1 && late.Texts.Count == 1);
        Assert.Equal("""{"type":"ack","id":"1"}""", late.Last);
        await Assert.ThrowsAsync<UnavailableException>(() => a.Application.DisconnectUserAsync("nobody", "x").AsTask().WithTimeout());

        await redis.RestartAsync();
        await Eventually.Is(() => a.Link.IsUp && b.Link.IsUp);
        await b.ConnectAsync(null, "new");
        await late.Say("""{"type":"broadcast","room":"tea","payload":2}""").WithTimeout();
        await Eventually.Is(() => far.Texts.Count > 0 && PayloadOf(far.Last) == "2");
        Assert.Equal(2, await b.Application.DisconnectUserAsync("ada", "x").AsTask().WithTimeout());
        Assert.Null(a.Backplane.Problem);
    }

    [RedisFact]
    public async Task Rooms_that_nobody_is_in_any_more_are_closed()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var a = await BusNode.UpAsync(redis.ConnectionString, "a");
        var client = await a.ConnectAsync("ada", "tea", "coffee");
        Assert.Equal(3, a.Backplane.Rooms);
        client.Connection.Close(1000, "");

        await Eventually.Is(() => a.Backplane.Rooms == 0);
    }

    private static List<string> Frames(TestConnection client) => [.. client.Output.Frames.Select(frame => $"{frame.Opcode} {Convert.ToBase64String(frame.Payload)}")];

    private static string PayloadOf(string text) => JsonElement.Parse(text).GetProperty("payload").GetRawText();
}
