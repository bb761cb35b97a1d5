using WsCore.TestKit.Measure;
using System.Text;
using WsCore.Buffers;
using WsCore.Protocol;

namespace WsCore.Tests.Protocol;

/// <summary>The hot paths allocate nothing beyond what goes out.</summary>
public sealed class EnvelopeAllocationTests
{
    private const int Rounds = 100;

    private static readonly byte[] From = EnvelopeWriter.FromJson("u1", "c1");

    [Fact]
    public void BroadcastToMessage_AllocatesTheFrameOnly()
    {
        byte[] json = Encoding.UTF8.GetBytes("""{"type":"broadcast","id":"17","room":"chat:1","event":"line","key":"k","once":"0123456789abcdef","echo":true,"other":1,"payload":{"text":"hello"}}""");
        int length = Message(json).Length;
        long frame = Measure(() => _ = new byte[length]);

        Assert.Equal(frame, Measure(() => Message(json)));
    }

    [Fact]
    public void BinaryBroadcastToMessage_AllocatesTheFrameOnly()
    {
        byte[] data = Read.Binary("""{"type":"broadcast","id":"17","room":"chat:1"}""", 1, 2, 3);
        int length = BinaryMessage(data).Length;
        long frame = Measure(() => _ = new byte[length]);

        Assert.Equal(frame, Measure(() => BinaryMessage(data)));
    }

    [Theory]
    [InlineData("""{"type":"ping","id":"1"}""")]
    [InlineData("""{"type":"join","id":"1","room":"chat:1","members":false}""")]
    [InlineData("""{"type":"leave","id":"1","room":"chat:1"}""")]
    [InlineData("""{"type":"send","to":"u2","payload":[1,[2,{"a":3}]],"reliable":true}""")]
    [InlineData("""{"type":"members","room":"chat:1","after":"u1","limit":10}""")]
    [InlineData("""{"type":"ack","id":"1"}""")]
    public void TryRead_PlainMessage_AllocatesNothing(string json)
    {
        byte[] utf8 = Encoding.UTF8.GetBytes(json);

        Assert.Equal(0, Measure(() => EnvelopeReader.TryRead(utf8, EnvelopeLimits.Default, out _, out _)));
    }

    [Fact]
    public void Replies_IntoAWarmBuffer_AllocateNothing()
    {
        using PooledBufferWriter writer = new();

        Assert.Equal(0, Measure(() =>
        {
            writer.Clear();
            EnvelopeWriter.Pong(writer, "1"u8, 1_700_000_000_000);
            EnvelopeWriter.Error(writer, "1"u8, ErrorCodes.RateLimited, "Slow \"down\", Jörg.", 250);
            AckWriter ack = AckWriter.Begin(writer, "1"u8);
            ack.Room("chat:1"u8);
            ack.Position("epoch", 42);
            ack.Member("ü", 1, 2, default);
            ack.End();
        }));
    }

    private static byte[] Message(byte[] json)
    {
        EnvelopeReader.TryRead(json, EnvelopeLimits.Default, out Envelope read, out _);
        MessageEnvelope message = new()
        {
            JsonRoom = read.Room.Name.Span,
            FromJson = From,
            RawEvent = read.Event.Span,
            RawKey = read.Key.Span,
            Time = 1_700_000_000_000,
            Payload = read.Payload.Span,
        };
        byte[] frame = new byte[message.Length];
        message.Write(frame);
        return frame;
    }

    private static byte[] BinaryMessage(byte[] data)
    {
        EnvelopeReader.TryReadBinary(data, EnvelopeLimits.Default, out Envelope read, out _);
        MessageEnvelope message = new() { JsonRoom = read.Room.Name.Span, FromJson = From, Payload = read.Payload.Span, Binary = true };
        byte[] frame = new byte[message.Length];
        message.Write(frame);
        return frame;
    }

    private static long Measure(Action action) => Allocations.Least(Rounds, action);
}
