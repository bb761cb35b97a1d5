using WsCore.Backplane;
using WsCore.Delivery;
using WsCore.Framing;
using WsCore.Redis.Bus;
using WsCore.Redis.Keys;
using WsCore.Redis.Link;
using WsCore.Reliability;
using WsCore.Rooms;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Bus;

/// <summary>The backplane on a link that leads nowhere: what is subscribed, what is handed on, and how a message becomes an envelope and one again.</summary>
public sealed class BackplaneRulesTests
{
    private static readonly RoomName Tea = RoomName.Create("tea"u8);
    private static readonly RoomName Coffee = RoomName.Create("coffee"u8);

    private readonly RecordingLink _link = new();
    private readonly BusCodec _codec = new(new byte[32]);
    private readonly RedisKeys _keys = new("test");
    private readonly RecordingBusSink _sink = new("a");
    private readonly RedisBackplane _backplane;

    public BackplaneRulesTests()
    {
        _backplane = new RedisBackplane(_link, _codec, _keys, new NodeCalls(_link, _codec, _keys, new NodeId("a"), new ManualTimeProvider()), () => new([]));
        _backplane.Start(_sink);
    }

    public static TheoryData<int> Messages => [.. Enumerable.Range(0, AllMessages().Length)];

    [Theory]
    [MemberData(nameof(Messages))]
    public async Task Publish_AndReceive_GiveTheSameMessage(int which)
    {
        var message = AllMessages()[which];
        await _backplane.OpenAsync(Tea);
        _backplane.Publish(message);
        Assert.True(_codec.TryRead(_link.Published.Single().Envelope, out var envelope));
        await _link.Handlers[BusKind.Message](default, envelope);
        Assert.Empty(_sink.Messages); // one's own
        await _link.Handlers[BusKind.Message](default, envelope with { Node = "b" });

        var read = Assert.Single(_sink.Messages);
        Assert.Equal((message.Target, message.Room, message.Namespace), (read.Target, read.Room, read.Namespace));
        Assert.Equal(message.Frame.Wire, read.Frame.Wire);
        Assert.Equal((message.Frame.Ephemeral, message.Frame.Reliable?.Id, false), (read.Frame.Ephemeral, read.Frame.Reliable?.Id, read.Frame.IsNumbered));
        Assert.Equal(message.Key.ToArray(), read.Key.ToArray());
    }

    [Fact]
    public void Publish_GoesToTheChannelOfItsReceivers()
    {
        foreach (var message in AllMessages().DistinctBy(message => message.Target))
        {
            _backplane.Publish(message);
        }

        Assert.Equal([_keys.Room(Tea), _keys.Namespace("chat"), _keys.Everybody], _link.Published.Select(sent => sent.Topic));
    }

    [Fact]
    public async Task Open_AndClose_AreCounted_AndWhatIsForNobodyHereIsNotHandedOn()
    {
        await _backplane.OpenAsync(Tea);
        await _backplane.OpenAsync(Coffee);
        await _backplane.OpenAsync(Tea); // its next life has begun
        _backplane.Close(Tea);
        Assert.Equal((1, 1, 2), (_link.Open[_keys.Room(Tea)], _link.Open[_keys.Room(Coffee)], _link.Open[_keys.Namespace("default")]));
        await ReceiveAsync(Tea);
        Assert.Single(_sink.Messages);

        _backplane.Close(Tea);
        await ReceiveAsync(Tea); // the subscription lingers
        Assert.Single(_sink.Messages);
        _backplane.Close(Coffee);
        Assert.All(_link.Open, pair => Assert.Equal(0, pair.Value));
        Assert.Equal(0, _backplane.Rooms);
    }

    [Fact]
    public async Task Receive_WaitsForTheLanes()
    {
        var room = new TaskCompletionSource();
        _sink.Room = room.Task;
        await _backplane.OpenAsync(Tea);
        var receiving = ReceiveAsync(Tea).AsTask();
        Assert.False(receiving.IsCompleted);
        Assert.Empty(_sink.Messages);
        room.SetResult();
        await receiving.WithTimeout();

        Assert.Single(_sink.Messages);
    }

    [Theory]
    [InlineData(true, true, true)]
    [InlineData(true, false, false)]
    [InlineData(false, true, true)]
    [InlineData(false, false, true)] // nobody is refused for what is away: the room goes on here
    public void HasRoom_AFullQueueMattersOnlyWhileTheLinkIsUp(bool isUp, bool queueHasRoom, bool expected)
    {
        (_link.IsUp, _link.HasRoom) = (isUp, queueHasRoom);

        Assert.Equal(expected, _backplane.HasRoom);
        Assert.Equal(isUp, _backplane.Problem is null);
    }

    [Fact]
    public void HasRoom_OfAConnectionThatHasJustFailed_RefusesNobody()
    {
        (_link.IsBroken, _link.HasRoom) = (true, false); // and the watchdog has not said so yet

        Assert.True(_backplane.HasRoom);
        Assert.Null(_backplane.Problem);
    }

    [Fact]
    public async Task CommandAsync_WhileTheLinkIsDown_SaysWhyInTheInnerExceptionOnly()
    {
        _link.IsUp = false;

        var failure = await Assert.ThrowsAsync<UnavailableException>(() => _backplane.CommandAsync(new NodeCommand(NodeCommandKind.Disconnect, "x")).AsTask());

        Assert.DoesNotContain("Redis", failure.Message, StringComparison.Ordinal);
        Assert.Equal(((IRedisLink)_link).Problem, failure.InnerException?.Message);
    }

    private ValueTask ReceiveAsync(RoomName room) => _link.Handlers[BusKind.Message](
        default, MessageCodec.Write(new BusMessage(BusTarget.Room, room, null, TestFrames.Text("x")), "b"));

    private static BusMessage[] AllMessages()
    {
        var reliable = ReliableMessage.Make();
        return
        [
            new(BusTarget.Room, Tea, null, TestFrames.Text("é")),
            new(BusTarget.Room, Tea, null, TestFrames.Text("x", ephemeral: true), new byte[] { 0, 1, 2 }),
            new(BusTarget.Room, Tea, null, TestFrames.OfWireLength(70_000, ephemeral: true)),
            new(BusTarget.Room, Tea, null, Frame.Create(Opcode.Text, 1, 0, static (payload, _) => payload[0] = (byte)'x', reliable: reliable)),
            new(BusTarget.Namespace, null, "chat", TestFrames.Text("x")),
            new(BusTarget.Everybody, null, null, TestFrames.Text("")),
        ];
    }
}
