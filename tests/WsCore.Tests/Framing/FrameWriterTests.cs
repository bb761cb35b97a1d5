using System.Buffers.Binary;
using System.Text;
using WsCore.Framing;

namespace WsCore.Tests.Framing;

public sealed class FrameWriterTests
{
    [Theory]
    [InlineData(0, "8200")]
    [InlineData(1, "8201")]
    [InlineData(125, "827D")]
    [InlineData(126, "827E007E")]
    [InlineData(127, "827E007F")]
    [InlineData(65535, "827EFFFF")]
    [InlineData(65536, "827F0000000000010000")]
    [InlineData(long.MaxValue, "827F7FFFFFFFFFFFFFFF")]
    public void WriteHeader_Length_TakesTheShortestForm(long length, string expected)
    {
        var destination = new byte[FrameWriter.MaxHeaderSize];

        var size = FrameWriter.WriteHeader(destination, Opcode.Binary, length);

        Assert.Equal(expected, Convert.ToHexString(destination.AsSpan(0, size)));
        Assert.Equal(size, FrameWriter.HeaderSize(length));
        Assert.All(destination[size..], value => Assert.Equal(0, value));
    }

    [Theory]
    [InlineData((byte)Opcode.Text, true, 0x81)]
    [InlineData((byte)Opcode.Text, false, 0x01)]
    [InlineData((byte)Opcode.Continuation, false, 0x00)]
    [InlineData((byte)Opcode.Continuation, true, 0x80)]
    [InlineData((byte)Opcode.Pong, true, 0x8A)]
    public void WriteHeader_OpcodeAndFin_MakeTheFirstByte(byte opcode, bool fin, byte expected)
    {
        var destination = new byte[2];

        FrameWriter.WriteHeader(destination, (Opcode)opcode, 5, fin);

        Assert.Equal([expected, 5], destination);
    }

    [Fact]
    public void WriteHeader_NegativeLengthOrNoRoom_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameWriter.HeaderSize(-1));
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameWriter.WriteHeader(new byte[3], Opcode.Text, 126));
    }

    [Fact]
    public void Control_Payload_MakesAWholeFrame()
    {
        Assert.Equal([0x89, 0], FrameWriter.Control(Opcode.Ping, []));
        Assert.Equal([0x8A, 3, 1, 2, 3], FrameWriter.Control(Opcode.Pong, [1, 2, 3]));
        Assert.Equal(127, FrameWriter.Control(Opcode.Ping, new byte[125]).Length);
    }

    [Fact]
    public void Control_TooLongOrNotControl_Throws()
    {
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameWriter.Control(Opcode.Ping, new byte[126]));
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameWriter.Control(Opcode.Text, []));
    }

    [Theory]
    [InlineData(null)]
    [InlineData("")]
    [InlineData("bye")]
    [InlineData("größer")]
    public void Close_ShortReason_IsWhole(string? reason)
    {
        var frame = FrameWriter.Close(4200, reason);

        Assert.Equal(0x88, frame[0]);
        Assert.Equal(frame.Length - 2, frame[1]);
        Assert.Equal(4200, BinaryPrimitives.ReadUInt16BigEndian(frame.AsSpan(2)));
        Assert.Equal(reason ?? "", Encoding.UTF8.GetString(frame.AsSpan(4)));
    }

    [Theory]
    [InlineData("a", 123, 123)]
    [InlineData("a", 124, 123)]
    [InlineData("a", 100_000, 123)]
    [InlineData("é", 61, 122)]
    [InlineData("é", 62, 122)]
    [InlineData("€", 41, 123)]
    [InlineData("€", 42, 123)]
    [InlineData("😀", 30, 120)]
    [InlineData("😀", 31, 120)]
    public void Close_LongReason_IsCutBetweenCharacters(string character, int times, int bytes)
    {
        var reason = string.Concat(Enumerable.Repeat(character, times));

        var frame = FrameWriter.Close(CloseCodes.Normal, reason);

        Assert.Equal(4 + bytes, frame.Length);
        Assert.StartsWith(new UTF8Encoding(false, true).GetString(frame.AsSpan(4)), reason);
    }

    [Fact]
    public void Close_LoneSurrogate_BecomesTheReplacementCharacter() =>
        Assert.Equal("a\uFFFDb", Encoding.UTF8.GetString(FrameWriter.Close(CloseCodes.Normal, "a\uD800b").AsSpan(4)));

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(2999)]
    [InlineData(5000)]
    public void Close_CodeNotForTheWire_Throws(int code) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => FrameWriter.Close((ushort)code, null));
}
