using WsCore.Backplane;
using WsCore.Redis.Bus;
using WsCore.Redis.Keys;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Bus;

/// <summary>Commands without a Redis between: who is waited for, for how long, and that each is obeyed once.</summary>
public sealed class NodeCallsTests
{
    private static readonly NodeCommand Command = new(NodeCommandKind.RemoveUser, "ada", "tea");

    private readonly ManualTimeProvider _clock = new();
    private readonly RecordingLink _link = new();
    private readonly BusCodec _codec = new(new byte[32]);
    private readonly RedisKeys _keys = new("test");
    private readonly RecordingBusSink _sink = new("a");
    private readonly NodeCalls _calls;

    public NodeCallsTests() => _calls = new NodeCalls(_link, _codec, _keys, new NodeId("a"), _clock) { Sink = _sink };

    [Fact]
    public async Task Ask_NobodyElse_IsZeroAndPublishesNothing()
    {
        Assert.Equal(0, await _calls.AskAsync(Command, Nodes("a")));
        Assert.Empty(_link.Published);
    }

    [Fact]
    public async Task Ask_AddsUpTheAnswersOfAll_EachOnce()
    {
        var asked = _calls.AskAsync(Command, Nodes("a", "b", "c")).AsTask();
        var request = Assert.Single(Sent());
        await Answer(request, "b", 3);
        await Answer(request, "b", 30);
        await Answer(request, "stranger", 300);
        await Answer(request, "a", 3000);
        Assert.False(asked.IsCompleted);
        await Answer(request, "c", 4);

        Assert.Equal(7, await asked.WithTimeout());
        Assert.Equal(_keys.Everybody, _link.Published.Single().Topic);
        Assert.Equal(0, _calls.Waiting);
        await Answer(request, "c", 4); // too late for anybody
    }

    [Fact]
    public async Task Ask_NotAllAnswerInTime_TellsHowMany()
    {
        var asked = _calls.AskAsync(Command, Nodes("a", "b", "c", "d")).AsTask();
        await Answer(Sent().Single(), "c", 4);
        _clock.Advance(NodeCalls.Patience);

        Assert.Equal("2 of 3 other nodes did not answer within 2 s.", (await Assert.ThrowsAsync<UnavailableException>(() => asked.WithTimeout())).Message);
        Assert.Equal(0, _calls.Waiting);
    }

    [Fact]
    public async Task Ask_QueueIsFull_IsUnavailable()
    {
        _link.HasRoom = false;

        await Assert.ThrowsAsync<UnavailableException>(() => _calls.AskAsync(Command, Nodes("a", "b")).AsTask());
        Assert.Equal(0, _calls.Waiting);
    }

    [Fact]
    public async Task Ask_TooManyWait_AnotherIsUnavailable_AndTheOthersAreNotDisturbed()
    {
        var asked = Enumerable.Range(0, NodeCalls.MaxOutstanding).Select(_ => _calls.AskAsync(Command, Nodes("a", "b")).AsTask()).ToArray();
        await Assert.ThrowsAsync<UnavailableException>(() => _calls.AskAsync(Command, Nodes("a", "b")).AsTask());
        foreach (var request in Sent())
        {
            await Answer(request, "b", 1);
        }

        Assert.Equal(NodeCalls.MaxOutstanding, (await Task.WhenAll(asked).WithTimeout()).Sum());
        Assert.Equal((0, NodeCalls.MaxOutstanding), (_calls.Waiting, _link.Published.Count));
    }

    [Fact]
    public async Task Receive_ObeysOnceAndAnswersTheAsker()
    {
        var request = new BusEnvelope { Kind = BusKind.Command, Node = "b", Id = 7, Payload = CommandCodec.Write(Command) };
        await _calls.ReceiveAsync(request);
        await _calls.ReceiveAsync(request); // repeated by whoever can write to Redis

        Assert.Equal([Command], _sink.Commands);
        Assert.Equal(_keys.Node("b"), _link.Published.Single().Topic);
        var answer = Sent().Single();
        Assert.True(CommandCodec.TryRead(answer.Payload, out int concerned));
        Assert.Equal(("a", (UInt128)7, 1), (answer.Node, answer.Id, concerned));
    }

    [Fact]
    public async Task Receive_OnesOwnAndWhatIsNoCommand_IsIgnored()
    {
        await _calls.ReceiveAsync(new BusEnvelope { Kind = BusKind.Command, Node = "a", Id = 7, Payload = CommandCodec.Write(Command) });
        for (var length = 0; length < CommandCodec.Write(Command).Length; length++)
        {
            await _calls.ReceiveAsync(new BusEnvelope { Kind = BusKind.Command, Node = "b", Id = (UInt128)length, Payload = CommandCodec.Write(Command).AsMemory(0, length) });
        }

        Assert.Empty(_sink.Commands);
        Assert.Empty(_link.Published);
    }

    [Theory]
    [InlineData("c1", null, "Enough.")]
    [InlineData("ada", "tea:é", null)]
    [InlineData("", null, null)]
    public void Codec_RoundTrips(string who, string? room, string? reason)
    {
        var command = new NodeCommand(NodeCommandKind.DisconnectUser, who, room, reason);

        Assert.True(CommandCodec.TryRead(CommandCodec.Write(command), out NodeCommand? read));
        Assert.Equal(command, read);
        Assert.False(CommandCodec.TryRead(CommandCodec.Write(command), out int _));
        Assert.False(CommandCodec.TryRead(CommandCodec.Write(5), out NodeCommand? _));
    }

    [Fact]
    public void Codec_ALongReason_IsCut()
    {
        Assert.True(CommandCodec.TryRead(CommandCodec.Write(new NodeCommand(NodeCommandKind.Disconnect, "c", Reason: new string('é', 100_000))), out NodeCommand? read));
        Assert.Equal(1_000, read.Reason!.Length);
    }

    private static IEnumerable<NodeInfo> Nodes(params string[] ids) => ids.Select(id => new NodeInfo(id, id, "", 0, default, default));

    private IEnumerable<BusEnvelope> Sent() => _link.Published.Select(sent =>
    {
        Assert.True(_codec.TryRead(sent.Envelope, out var envelope));
        return envelope;
    });

    private ValueTask Answer(BusEnvelope request, string node, int concerned) =>
        _calls.ReceiveAsync(new BusEnvelope { Kind = BusKind.Command, Node = node, Id = request.Id, Payload = CommandCodec.Write(concerned) });
}
