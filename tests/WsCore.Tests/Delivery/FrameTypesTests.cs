using System.Text;
using WsCore.Delivery;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;

namespace WsCore.Tests.Delivery;

public sealed class FrameTypesTests
{
    [Theory]
    [InlineData("""{"type":"ack","id":"1"}""", FrameType.Ack)]
    [InlineData("""{"type":"ackn"}""", FrameType.Other)]
    [InlineData("""{"type":"error"}""", FrameType.Error)]
    [InlineData("""{"type":"welcome"}""", FrameType.Welcome)]
    [InlineData("""{"type":"joined"}""", FrameType.Joined)]
    [InlineData("""{"type":"left"}""", FrameType.Left)]
    [InlineData("""{"type":"updated"}""", FrameType.Updated)]
    [InlineData("""{"type":"removed"}""", FrameType.Removed)]
    [InlineData("""{"type":"reconnect"}""", FrameType.Reconnect)]
    [InlineData("""{"type":"pong"}""", FrameType.Pong)]
    [InlineData("""{"type":"message"}""", FrameType.Message)]
    [InlineData("""{"type":"new"}""", FrameType.Other)]
    [InlineData("""{"id":"1","type":"ack"}""", FrameType.Other)]
    [InlineData("""{"type":"a""", FrameType.Other)]
    [InlineData("", FrameType.Other)]
    public void OfEnvelope_TypeComesFirst(string envelope, object type) => Assert.Equal((FrameType)type, FrameTypes.OfEnvelope(Encoding.UTF8.GetBytes(envelope)));

    [Fact]
    public void Frame_KnowsItsType()
    {
        Assert.Equal(FrameType.Message, TestFrames.Text("{\"type\":\"ack\"}").Type); // a message, whatever it looks like
        Assert.Equal(FrameType.ControlPing, TestFrames.Ping("").Type);
        Assert.Equal(FrameType.ControlPong, TestFrames.Pong("").Type);
        Assert.Equal(FrameType.Close, TestFrames.Close(1000).Type);
    }

    [Fact]
    public void Counters_CountWhatWasWritten_ByTypeAndBytes()
    {
        using var node = new TestNode();
        var client = node.Connect();
        node.Join(client.Connection, "tea");
        Assert.True(client.Say("""{"type":"broadcast","id":"1","room":"tea","echo":true,"payload":1}""").IsCompletedSuccessfully);
        Assert.True(client.Say("""{"type":"nonsense"}""").IsCompletedSuccessfully);
        Assert.True(client.Say("""{"type":"ping"}""").IsCompletedSuccessfully);
        client.Connection.Close(1000, "bye");

        var counters = node.Node.Lanes.All[0].Counters;
        Assert.Equal(
            [(FrameType.Message, 1L), (FrameType.Ack, 1), (FrameType.Error, 1), (FrameType.Pong, 1), (FrameType.Close, 1)],
            Enum.GetValues<FrameType>().Select(type => (type, counters.FramesOf(type))).Where(count => count.Item2 > 0));
        Assert.Equal(client.Output.Writes.Sum(write => write.Length), Enum.GetValues<FrameType>().Sum(counters.BytesOf));
        Assert.Equal(5, counters.Frames);
    }

    [Fact]
    public void Waiting_GrowsWhileAReaderIsSlow_AndIsNothingInTheEnd()
    {
        using var node = new TestNode();
        var (slow, other) = (node.Connect(), node.Connect());
        var counters = node.Node.Lanes.All[0].Counters;
        slow.Output.Block();
        foreach (var client in new[] { slow, other })
        {
            for (var i = 0; i < 3; i++)
            {
                client.Connection.Send(TestFrames.OfWireLength(100));
            }
        }

        Assert.Equal(300, counters.Waiting); // one is being written, two wait; the other reader's have gone

        slow.Output.CompleteOne();
        Assert.Equal(200, counters.Waiting); // both in one write
        slow.Output.FailPending();
        Assert.Equal(0, counters.Waiting);

        other.Output.Block();
        other.Connection.Send(TestFrames.OfWireLength(100));
        other.Connection.Send(TestFrames.OfWireLength(100, ephemeral: true));
        _ = other.Connection.EndAsync();
        Assert.Equal(100, counters.Waiting); // what is being written has not ended
        other.Output.Unblock();
        Assert.Equal(0, counters.Waiting);
    }
}
