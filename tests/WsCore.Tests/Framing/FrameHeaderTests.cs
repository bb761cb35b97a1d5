using System.Buffers;
using WsCore.Framing;
using WsCore.TestKit.Framing;

namespace WsCore.Tests.Framing;

public sealed class FrameHeaderTests
{
    public static TheoryData<long, int> Lengths => new()
    {
        { 0, 6 },
        { 1, 6 },
        { 125, 6 },
        { 126, 8 },
        { 127, 8 },
        { 65535, 8 },
        { 65536, 14 },
        { int.MaxValue, 14 },
        { 1L + int.MaxValue, 14 },
        { long.MaxValue, 14 },
    };

    [Theory]
    [MemberData(nameof(Lengths))]
    public void TryRead_Length_IsReadInAnySegments(long length, int size)
    {
        var bytes = ClientFrame.Header(Opcode.Binary, length, fin: false, mask: 0x01020304);
        var expected = new FrameHeader(false, Opcode.Binary, true, 0x04030201, length, size);

        Assert.Equal(size, bytes.Length);
        foreach (var input in Shapes([.. bytes, 1, 2, 3]))
        {
            Assert.Equal(HeaderStatus.Complete, FrameHeader.TryRead(input, out var header, out _));
            Assert.Equal(expected, header);
            Assert.Equal(HeaderStatus.Complete, FrameHeader.TrySkim(input, out header));
            Assert.Equal(expected, header);
        }
    }

    [Theory]
    [MemberData(nameof(Lengths))]
    public void TryRead_PartOfAHeader_NeedsMore(long length, int size)
    {
        var bytes = ClientFrame.Header(Opcode.Text, length);
        for (var have = 0; have < size; have++)
        {
            foreach (var input in Shapes(bytes[..have]))
            {
                Assert.Equal(HeaderStatus.NeedMore, FrameHeader.TryRead(input, out _, out _));
                Assert.Equal(HeaderStatus.NeedMore, FrameHeader.TrySkim(input, out _));
            }
        }
    }

    [Theory]
    [InlineData("91", "reserved bits must be 0")]
    [InlineData("A1", "reserved bits must be 0")]
    [InlineData("C1", "reserved bits must be 0")]
    [InlineData("F1", "reserved bits must be 0")]
    [InlineData("C9", "reserved bits must be 0")]
    [InlineData("83", "reserved opcode")]
    [InlineData("07", "reserved opcode")]
    [InlineData("8B", "reserved opcode")]
    [InlineData("8F", "reserved opcode")]
    [InlineData("08", "control frames must not be fragmented")]
    [InlineData("09", "control frames must not be fragmented")]
    [InlineData("0A", "control frames must not be fragmented")]
    [InlineData("8100", "client frames must be masked")]
    [InlineData("8900", "client frames must be masked")]
    [InlineData("817E", "client frames must be masked")]
    [InlineData("89FE", "control frame payload over 125 bytes")]
    [InlineData("88FF", "control frame payload over 125 bytes")]
    [InlineData("81FE0000", "payload length not in its shortest form")]
    [InlineData("81FE007D", "payload length not in its shortest form")]
    [InlineData("81FF0000000000000000", "payload length not in its shortest form")]
    [InlineData("81FF000000000000007E", "payload length not in its shortest form")]
    [InlineData("81FF000000000000FFFF", "payload length not in its shortest form")]
    [InlineData("81FF80", "payload length with its top bit set")]
    [InlineData("81FFFF", "payload length with its top bit set")]
    public void TryRead_BrokenRule_IsSaidAtTheByteThatBreaksIt(string hex, string reason)
    {
        var bytes = Convert.FromHexString(hex);

        Assert.Equal(HeaderStatus.NeedMore, FrameHeader.TryRead(new(bytes[..^1]), out _, out _));

        foreach (var input in Shapes(bytes).Concat(Shapes([.. bytes, .. new byte[14]])))
        {
            Assert.Equal(HeaderStatus.Fault, FrameHeader.TryRead(input, out _, out var fault));
            Assert.Equal(new FrameFault(CloseCodes.ProtocolError, reason), fault);
        }
    }

    [Fact]
    public void TryRead_EveryFirstByte_TakesWhatSection52Defines()
    {
        int[] legal = [0x00, 0x01, 0x02, 0x80, 0x81, 0x82, 0x88, 0x89, 0x8A];
        for (var first = 0; first <= 0xFF; first++)
        {
            var status = FrameHeader.TryRead(new([(byte)first, 0x80, 1, 2, 3, 4]), out _, out _);
            Assert.Equal(legal.Contains(first) ? HeaderStatus.Complete : HeaderStatus.Fault, status);
        }
    }

    [Fact]
    public void TrySkim_EveryFirstByte_IsTaken()
    {
        for (var first = 0; first <= 0xFF; first++)
        {
            Assert.Equal(HeaderStatus.Complete, FrameHeader.TrySkim(new([(byte)first, 0x05]), out var header));
            Assert.Equal((5, 2, false), (header.PayloadLength, header.Size, header.Masked));
        }
    }

    [Fact]
    public void TrySkim_LengthWithItsTopBit_HasNoEnd() =>
        Assert.Equal(HeaderStatus.Fault, FrameHeader.TrySkim(new(ClientFrame.Header(Opcode.Text, long.MinValue, lengthForm: LengthForm.Bits64)), out _));

    private static IEnumerable<ReadOnlySequence<byte>> Shapes(byte[] bytes)
    {
        yield return new ReadOnlySequence<byte>(bytes);
        for (var size = 1; size <= 5; size++)
        {
            yield return Sequences.Split(bytes, size);
        }
    }
}
