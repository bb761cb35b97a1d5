using WsCore.Protocol;

namespace WsCore.Tests.Protocol;

/// <summary>The binary form: a length, an envelope, bytes.</summary>
public sealed class EnvelopeReaderBinaryTests
{
    [Theory]
    [InlineData("""{"type":"broadcast","room":"r"}""", MessageType.Broadcast)]
    [InlineData("""{"type":"send","to":"u"}""", MessageType.Send)]
    [InlineData("""{"type":"call","method":"m"}""", MessageType.Call)]
    public void TryReadBinary_TypeWithPayload_BytesAreThePayload(string json, object type)
    {
        byte[] data = Read.Binary(json, 0xFF, 0x00, 0x7B);

        Envelope envelope = Good(data);

        Assert.Equal((MessageType)type, envelope.Type);
        Assert.Equal(PayloadKind.Binary, envelope.PayloadKind);
        Assert.Equal([0xFF, 0x00, 0x7B], envelope.Payload.ToArray());
        Assert.True(data.AsSpan().Overlaps(envelope.Payload.Span));
    }

    [Fact]
    public void TryReadBinary_NoBytesAfterTheEnvelope_EmptyPayload()
    {
        Envelope envelope = Good(Read.Binary("""{"type":"broadcast","rooms":["a","b"]}"""));

        Assert.Equal(PayloadKind.Binary, envelope.PayloadKind);
        Assert.Equal(0, envelope.Payload.Length);
        Assert.Equal(2, envelope.Rooms!.Length);
    }

    [Theory]
    [InlineData("")]
    [InlineData("00")]
    [InlineData("0001")]
    [InlineData("00037B7D")]
    [InlineData("FFFF7B7D")]
    [InlineData("0000")]
    [InlineData("00007B7D")]
    [InlineData("00017B7D")]
    public void TryReadBinary_NotTheForm_ParseError(string hex) =>
        Assert.Equal(ErrorCodes.ParseError, Bad(Convert.FromHexString(hex), out _).Code);

    [Theory]
    [InlineData("""{"type":"broadcast","room":"r","payload":1}""", "'payload'")]
    [InlineData("""{"type":"call","method":"m","payload":null}""", "'payload'")]
    [InlineData("""{"type":"join","room":"r"}""", "'type'")]
    [InlineData("""{"type":"ping"}""", "'type'")]
    [InlineData("""{"type":"ack","id":"x"}""", "'type'")]
    [InlineData("""{"type":"broadcast"}""", "'room' or 'rooms'")]
    public void TryReadBinary_AgainstARule_InvalidMessageNamesTheField(string json, string named)
    {
        EnvelopeFault fault = Bad(Read.Binary(json, 1, 2, 3), out _);

        Assert.Equal(ErrorCodes.InvalidMessage, fault.Code);
        Assert.Contains(named, fault.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void TryReadBinary_Refused_IdIsThere()
    {
        Bad(Read.Binary("""{"type":"join","id":"7","room":"r"}""", 1), out Envelope envelope);

        Assert.Equal("7", Read.Text(envelope.Id));
    }

    [Fact]
    public void TryReadBinary_UnknownType_IsLeftToTheDispatcher() =>
        Assert.Equal(MessageType.Unknown, Good(Read.Binary("""{"type":"upload"}""", 1)).Type);

    private static Envelope Good(byte[] data)
    {
        Assert.True(EnvelopeReader.TryReadBinary(data, EnvelopeLimits.Default, out Envelope envelope, out EnvelopeFault fault), fault.Message);
        return envelope;
    }

    private static EnvelopeFault Bad(byte[] data, out Envelope envelope)
    {
        Assert.False(EnvelopeReader.TryReadBinary(data, EnvelopeLimits.Default, out envelope, out EnvelopeFault fault));
        Read.AssertSentence(fault);
        return fault;
    }
}
