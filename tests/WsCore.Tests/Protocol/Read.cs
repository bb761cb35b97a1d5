using System.Buffers.Binary;
using System.Text;
using WsCore.Protocol;

namespace WsCore.Tests.Protocol;

/// <summary>Reads an envelope and asserts the verdict.</summary>
internal static class Read
{
    public static Envelope Good(string json) => Good(Encoding.UTF8.GetBytes(json));

    public static Envelope Good(byte[] utf8)
    {
        bool good = EnvelopeReader.TryRead(utf8, EnvelopeLimits.Default, out Envelope envelope, out EnvelopeFault fault);
        Assert.True(good, $"{fault.Code}: {fault.Message}");
        return envelope;
    }

    public static EnvelopeFault Bad(string json) => Bad(json, out _);

    public static EnvelopeFault Bad(string json, out Envelope envelope) => Bad(Encoding.UTF8.GetBytes(json), out envelope);

    public static EnvelopeFault Bad(byte[] utf8, out Envelope envelope)
    {
        Assert.False(EnvelopeReader.TryRead(utf8, EnvelopeLimits.Default, out envelope, out EnvelopeFault fault), "accepted");
        AssertSentence(fault);
        return fault;
    }

    public static byte[] Binary(string json, params byte[] payload)
    {
        byte[] envelope = Encoding.UTF8.GetBytes(json);
        byte[] data = new byte[2 + envelope.Length + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(data, (ushort)envelope.Length);
        envelope.CopyTo(data, 2);
        payload.CopyTo(data, 2 + envelope.Length);
        return data;
    }

    public static string Text(ReadOnlyMemory<byte> utf8) => Encoding.UTF8.GetString(utf8.Span);

    public static void AssertSentence(EnvelopeFault fault)
    {
        Assert.True(fault.Code is ErrorCodes.ParseError or ErrorCodes.InvalidMessage or ErrorCodes.TooLarge, fault.Code);
        Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
        Assert.True(fault.Code == ErrorCodes.ParseError || fault.Message.Contains('\'', StringComparison.Ordinal), fault.Message);
    }
}
