using System.Text;
using WsCore.LoadTests.Raw;

namespace WsCore.LoadTests.Tests.Raw;

public sealed class RawFramesTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(7)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(65535)]
    [InlineData(65536)]
    public void Write_EveryFormOfLength_UnmasksToThePayload(int length)
    {
        var payload = Enumerable.Range(0, length).Select(i => (byte)(i * 31)).ToArray();
        var frame = new byte[length + RawFrames.MaxOverhead];

        var written = RawFrames.Write(frame, RawFrames.Text, payload, 0xA1B2C3D4);

        var head = length < 126 ? 2 : length <= 65535 ? 4 : 10;
        Assert.Equal(head + 4 + length, written);
        Assert.Equal((0x81, 0x80), (frame[0], frame[1] & 0x80));
        var key = frame[head..(head + 4)];
        Assert.Equal(payload, frame[(head + 4)..written].Select((value, i) => (byte)(value ^ key[i % 4])));
    }

    [Theory]
    [InlineData(5)]
    [InlineData(126)]
    [InlineData(70_000)]
    public void TryRead_AServersFrameCutAnywhere_IsReadOnlyWhenItIsAllThere(int length)
    {
        byte[] head = length < 126 ? [0x81, (byte)length] : length <= 65535 ? [0x81, 126, (byte)(length >> 8), (byte)length] : [0x81, 127, 0, 0, 0, 0, (byte)(length >> 24), (byte)(length >> 16), (byte)(length >> 8), (byte)length];
        byte[] frame = [.. head, .. Enumerable.Repeat((byte)'a', length), 0x89, 0x00];
        for (var cut = 0; cut < head.Length + length; cut += cut < 20 ? 1 : 997)
        {
            Assert.False(RawFrames.TryRead(frame.AsSpan(0, cut), out _, out _, out _));
        }

        Assert.True(RawFrames.TryRead(frame, out var opcode, out var payload, out var consumed));
        Assert.Equal((RawFrames.Text, length, frame.Length - 2), (opcode, payload.Length, consumed));
        Assert.True(RawFrames.TryRead(frame.AsSpan(consumed), out opcode, out _, out _));
        Assert.Equal(RawFrames.Ping, opcode);
    }

    [Fact]
    public void Envelope_InAnyOrderOfKeys_IsRead()
    {
        var envelope = RawEnvelope.Read("""{"attempt":2,"payload":[1,2,{"type":"x"}],"from":{"user":"eve","connection":"c"},"seq":  7,"epoch":"e","ack":"id","room":"r","type":"message"}"""u8);

        Assert.Equal("message", Encoding.UTF8.GetString(envelope.Type));
        Assert.Equal("""[1,2,{"type":"x"}]""", Encoding.UTF8.GetString(envelope.Payload));
        Assert.Equal("id", Encoding.UTF8.GetString(envelope.ReliableId));
        Assert.Equal((2, 7, true, true), (envelope.Attempt, envelope.Seq, envelope.HasEpoch, envelope.User.IsEmpty));
    }

    [Fact]
    public void Envelope_OfAWelcome_TellsTheRateAndTheUser()
    {
        var envelope = RawEnvelope.Read("""{"type":"welcome","connection":"c","user":"ada","heartbeat":{"interval":1,"timeout":2},"limits":{"messageBytes":1,"messagesPerSecond":12.5,"burst":3}}"""u8);

        Assert.Equal((12.5, "ada"), (envelope.MessagesPerSecond, Encoding.UTF8.GetString(envelope.User)));
    }
}
