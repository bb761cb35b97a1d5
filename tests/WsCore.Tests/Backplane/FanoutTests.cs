using System.Text.Json;
using WsCore.Access;
using WsCore.Backplane;
using WsCore.Framing;
using WsCore.Namespaces;
using WsCore.Rooms;
using WsCore.TestKit.Backplane;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Backplane;

/// <summary>What has no number is delivered here, then on the other nodes.</summary>
public sealed class FanoutTests : IDisposable
{
    private readonly JoinedBackplanes _joined = new();
    private readonly TestNode _here;
    private readonly TestNode _there;

    public FanoutTests()
    {
        _here = Add();
        _there = Add();
    }

    public void Dispose() => _joined.Dispose();

    [Fact]
    public async Task Broadcast_IsDeliveredHereAtOnce_ThenThere_TheSameBytes()
    {
        var (sender, near, far) = (Connect(_here, "tea"), Connect(_here, "tea"), Connect(_there, "tea"));
        await sender.Say("""{"type":"broadcast","id":"1","room":"tea","payload":"hi"}""").WithTimeout();
        Assert.Equal("""{"type":"ack","id":"1"}""", Assert.Single(sender.Texts));
        Assert.Single(near.Texts);
        Assert.Empty(far.Texts);
        _joined.Deliver();

        Assert.Equal(near.Texts, far.Texts);
        Assert.Single(sender.Texts); // no echo came back
        Assert.Equal(0, _joined.OnTheWay); // nor did the other node publish it again
    }

    [Fact]
    public async Task Broadcast_WithEcho_ComesBackOnce()
    {
        var sender = Connect(_here, "tea");
        Connect(_there, "tea");
        await sender.Say("""{"type":"broadcast","room":"tea","payload":1,"echo":true}""").WithTimeout();
        _joined.Deliver();

        Assert.Single(sender.Texts);
    }

    [Fact]
    public async Task Broadcast_WhereNobodyIsHere_ReachesThoseThere()
    {
        var far = Connect(_there, "open:a");
        var sender = _here.Connect();
        await sender.Say("""{"type":"broadcast","id":"1","room":"open:a","payload":1,"ephemeral":true}""").WithTimeout();
        await sender.SayBinary([0, 36, .. """{"type":"broadcast","room":"open:a"}"""u8, 1, 2, 3]).AsTask().WithTimeout();
        _joined.Deliver();

        Assert.Equal("""{"type":"ack","id":"1"}""", Assert.Single(sender.Texts));
        Assert.Equal([Opcode.Text, Opcode.Binary], far.Output.Frames.Select(frame => frame.Opcode));
        Assert.True(_joined.Of(_here).Published.First().Frame.Ephemeral);
        Assert.Equal(0, _here.Rooms.Count);
    }

    [Fact]
    public async Task Broadcast_OneSender_ArrivesInItsOrder()
    {
        var (sender, far) = (Connect(_here, "tea"), Connect(_there, "tea"));
        for (var i = 0; i < 500; i++)
        {
            await sender.Say($$"""{"type":"broadcast","room":"tea","payload":{{i}}}""").WithTimeout();
            if (i % 7 == 0)
            {
                _joined.Deliver();
            }
        }

        _joined.Deliver();
        Assert.Equal(Enumerable.Range(0, 500).Select(i => $"{i}"), far.Texts.Select(PayloadOf));
    }

    [Fact]
    public async Task Broadcast_ToSeveralRooms_IsPublishedToEach()
    {
        var (sender, a, b) = (Connect(_here, "a", "b"), Connect(_there, "a"), Connect(_there, "b"));
        await sender.Say("""{"type":"broadcast","id":"1","rooms":["a","b"],"payload":1}""").WithTimeout();
        _joined.Deliver();

        Assert.All(new[] { a, b }, far => Assert.Single(far.Texts));
        Assert.Equal(2, _joined.Of(_here).Published.Count);
    }

    [Fact]
    public async Task Broadcast_InARoomWithHistory_OnlyWhatIsEphemeralIsPublished()
    {
        var (sender, far) = (Connect(_here, "kept:a"), Connect(_there, "kept:a"));
        await sender.Say("""{"type":"broadcast","room":"kept:a","payload":1}""").WithTimeout();
        await sender.Say("""{"type":"broadcast","room":"kept:a","payload":2,"ephemeral":true}""").WithTimeout();
        _joined.Deliver();

        Assert.Equal("2", PayloadOf(Assert.Single(far.Texts)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Send_ReachesTheUsersConnectionsOnEveryNode(bool hereToo)
    {
        var (near, far, other) = (_here.Connect("ada"), _there.Connect("ada"), _there.Connect("bob"));
        Assert.All(new[] { (_there, far), (_there, other) }, pair => pair.Item1.Join(pair.Item2.Connection, "user:" + pair.Item2.Connection.User));
        if (hereToo)
        {
            _here.Join(near.Connection, "user:ada");
        }

        await _here.Connect().Say("""{"type":"send","to":"ada","payload":1}""").WithTimeout();
        await _here.Application.SendAsync("ada", Payload.FromJson("2")).AsTask().WithTimeout();
        _joined.Deliver();

        Assert.Equal(["1", "2"], far.Texts.Select(PayloadOf));
        Assert.Equal(hereToo ? ["1", "2"] : [], near.Texts.Select(PayloadOf));
        Assert.Empty(other.Texts);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Application_ReachesRoomsNamespacesAndEverybodyOnEveryNode(bool hereToo)
    {
        var (far, apart) = (Connect(_there, "chat:1", "chat:2"), _there.Connect());
        var near = hereToo ? Connect(_here, "chat:1", "chat:2") : null;
        await _here.Application.BroadcastAsync("chat:1", Payload.FromJson("1")).AsTask().WithTimeout();
        await _here.Application.BroadcastToNamespaceAsync("chat", Payload.FromJson("2")).AsTask().WithTimeout();
        await _here.Application.BroadcastToEverybodyAsync(Payload.FromJson("3")).AsTask().WithTimeout();
        _joined.Deliver();

        Assert.Equal(["1", "2", "3"], far.Texts.Select(PayloadOf));
        Assert.Equal("3", PayloadOf(Assert.Single(apart.Texts)));
        Assert.True(near is null || near.Texts.SequenceEqual(far.Texts));
        Assert.Equal([BusTarget.Room, BusTarget.Namespace, BusTarget.Everybody], _joined.Of(_here).Published.Select(message => message.Target));
        Assert.Equal(0, _joined.OnTheWay);
    }

    [Fact]
    public async Task Reliable_IsConfirmedThere_ByTheSameId()
    {
        var far = Connect(_there, "tea");
        await _here.Application.BroadcastAsync("tea", Payload.FromJson("1"), reliable: true).AsTask().WithTimeout();
        _joined.Deliver();
        var id = JsonElement.Parse(Assert.Single(far.Texts)).GetProperty("ack").GetString();
        _there.Pass(5);
        Assert.Equal(2, far.Texts.Count); // it comes again until it is confirmed
        await far.Say($$"""{"type":"ack","ids":["{{id}}"]}""").WithTimeout();
        _there.Pass(60);

        Assert.Equal(2, far.Texts.Count);
    }

    [Fact]
    public void Receive_RunsNoLaneOnTheCallersThread()
    {
        var far = Connect(_there, "tea");
        _there.Scheduler.Flushes = 0;
        var frame = TestFrames.Text("x");
        foreach (var message in new[] { new BusMessage(BusTarget.Room, RoomName.Create("tea"u8), null, frame), new BusMessage(BusTarget.Everybody, null, null, frame) })
        {
            _there.Node.Sink.Receive(message);
            Assert.Empty(far.Texts);
        }

        _there.Scheduler.RunAll();
        Assert.Equal(2, far.Texts.Count);
    }

    [Fact]
    public async Task BusIsFull_IsUnavailable_AndNobodyGetsIt()
    {
        var (sender, near) = (Connect(_here, "tea", "kept:a", "cursors:a"), Connect(_here, "tea", "cursors:a"));
        _here.Join(near.Connection, "user:ada");
        var ada = _here.Connect("ada");
        _here.Join(ada.Connection, "user:ada");
        _joined.Of(_here).HasRoom = false;
        string[] requests =
        [
            """ "type":"broadcast","room":"tea" """, """ "type":"broadcast","room":"open:nobody" """, """ "type":"broadcast","room":"cursors:a" """,
            """ "type":"broadcast","rooms":["kept:a","tea"] """, """ "type":"broadcast","room":"kept:a","ephemeral":true """, """ "type":"send","to":"ada" """,
        ];
        foreach (var request in requests)
        {
            await sender.Say($$"""{{{request}},"id":"1","payload":1}""").WithTimeout();
            Assert.Contains("\"code\":\"unavailable\"", sender.Last);
            Assert.Contains("\"retryAfter\":1000", sender.Last);
        }

        await Assert.ThrowsAsync<UnavailableException>(() => _here.Application.BroadcastAsync("tea", Payload.FromJson("1")).AsTask());
        await Assert.ThrowsAsync<UnavailableException>(() => _here.Application.BroadcastToNamespaceAsync("default", Payload.FromJson("1")).AsTask());
        await Assert.ThrowsAsync<UnavailableException>(() => _here.Application.BroadcastToEverybodyAsync(Payload.FromJson("1")).AsTask());
        await Assert.ThrowsAsync<UnavailableException>(() => _here.Application.SendAsync("ada", Payload.FromJson("1")).AsTask());

        Assert.Empty(near.Texts);
        Assert.Empty(ada.Texts);
        Assert.Empty(_joined.Of(_here).Published);
        Assert.Equal(requests.Length, sender.Texts.Count);
        await sender.Say("""{"type":"broadcast","id":"2","room":"kept:a","payload":1}""").WithTimeout(); // the history's business
        Assert.StartsWith("""{"type":"ack","id":"2","epoch":""", sender.Last);
    }

    private TestNode Add() => _joined.Add(options =>
    {
        options.Namespaces["kept"] = new NamespaceOptions { History = { Size = 10 } };
        options.Namespaces["open"] = new NamespaceOptions { Publish = PublishRule.Anyone };
        options.Namespaces["cursors"] = new NamespaceOptions { Conflate = TimeSpan.FromMilliseconds(100) };
    });

    private static TestConnection Connect(TestNode node, params string[] rooms)
    {
        var client = node.Connect();
        Assert.All(rooms, room => node.Join(client.Connection, room));
        return client;
    }

    private static string PayloadOf(string text) => JsonElement.Parse(text).GetProperty("payload").GetRawText();
}
