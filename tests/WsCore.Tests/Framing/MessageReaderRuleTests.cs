using System.Text;
using WsCore.Framing;
using WsCore.TestKit.Framing;

namespace WsCore.Tests.Framing;

/// <summary>Every rule of RFC 6455 that a client can break, and what the peer is told.</summary>
public sealed class MessageReaderRuleTests
{
    [Fact]
    public void Read_UnmaskedFrame_Is1002AtItsSecondByte()
    {
        var frame = ClientFrame.Encode(Opcode.Text, "x"u8, masked: false);

        Assert.Empty(ReaderDriver.Run(frame[..1]));
        Assert.Equal([ReaderDriver.Faulted(1002, "client frames must be masked")], ReaderDriver.Run(frame[..2]));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    public void Read_ReservedBits_Are1002OnEveryOpcode(byte rsv)
    {
        foreach (var opcode in Enum.GetValues<Opcode>())
        {
            Assert.Equal(
                [ReaderDriver.Faulted(1002, "reserved bits must be 0")],
                ReaderDriver.Run(ClientFrame.Encode(opcode, "ab"u8, rsv: rsv)));
        }
    }

    [Theory]
    [InlineData(3)]
    [InlineData(4)]
    [InlineData(5)]
    [InlineData(6)]
    [InlineData(7)]
    [InlineData(11)]
    [InlineData(12)]
    [InlineData(13)]
    [InlineData(14)]
    [InlineData(15)]
    public void Read_ReservedOpcode_Is1002BetweenMessagesAndInside(byte opcode)
    {
        var frame = ClientFrame.Encode((Opcode)opcode, "ab"u8);
        List<string> expected = [ReaderDriver.Faulted(1002, "reserved opcode")];

        Assert.Equal(expected, ReaderDriver.Run(frame));
        Assert.Equal(expected, ReaderDriver.Run([.. ClientFrame.Text("a", fin: false), .. frame]));
    }

    [Theory]
    [InlineData(0, true, false)]
    [InlineData(125, true, false)]
    [InlineData(126, false, true)]
    [InlineData(65535, false, true)]
    [InlineData(65536, false, false)]
    public void Read_LengthForms_OnlyTheShortestIsTaken(int length, bool bothAreLonger, bool only64IsLonger)
    {
        var payload = new byte[length];
        Check(LengthForm.Shortest, legal: true);
        Check(LengthForm.Bits64, legal: !bothAreLonger && !only64IsLonger);
        if (length <= ushort.MaxValue)
        {
            Check(LengthForm.Bits16, legal: !bothAreLonger);
        }

        void Check(LengthForm form, bool legal)
        {
            var expected = legal
                ? ReaderDriver.Said(ReadStatus.Binary, payload)
                : ReaderDriver.Faulted(1002, "payload length not in its shortest form");
            Assert.Equal([expected], ReaderDriver.Run(ClientFrame.Encode(Opcode.Binary, payload, lengthForm: form)));
        }
    }

    [Fact]
    public void Read_LengthWithItsTopBit_Is1002() =>
        Assert.Equal(
            [ReaderDriver.Faulted(1002, "payload length with its top bit set")],
            ReaderDriver.Run(ClientFrame.Header(Opcode.Binary, long.MinValue, lengthForm: LengthForm.Bits64)));

    [Theory]
    [InlineData((byte)Opcode.Close)]
    [InlineData((byte)Opcode.Ping)]
    [InlineData((byte)Opcode.Pong)]
    public void Read_ControlFrameLongOrFragmented_Is1002(byte opcode)
    {
        Assert.Equal(
            [ReaderDriver.Faulted(1002, "control frame payload over 125 bytes")],
            ReaderDriver.Run(ClientFrame.Encode((Opcode)opcode, new byte[126])));
        Assert.Equal(
            [ReaderDriver.Faulted(1002, "control frames must not be fragmented")],
            ReaderDriver.Run(ClientFrame.Encode((Opcode)opcode, "ab"u8, fin: false)));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_ContinuationWithoutStart_Is1002(bool fin)
    {
        var continuation = ClientFrame.Encode(Opcode.Continuation, "a"u8, fin);
        var expected = ReaderDriver.Faulted(1002, "continuation frame without a message to continue");

        Assert.Equal([expected], ReaderDriver.Run(continuation));
        Assert.Equal(
            [ReaderDriver.Said(ReadStatus.Text, "b"u8), expected],
            ReaderDriver.Run([.. ClientFrame.Text("b"), .. continuation]));
    }

    [Theory]
    [InlineData((byte)Opcode.Text)]
    [InlineData((byte)Opcode.Binary)]
    public void Read_NewMessageInsideAFragmentedOne_Is1002(byte opcode) =>
        Assert.Equal(
            [ReaderDriver.Faulted(1002, "new message inside a fragmented message")],
            ReaderDriver.Run([.. ClientFrame.Text("a", fin: false), .. ClientFrame.Encode((Opcode)opcode, "b"u8)]));

    [Fact]
    public void Read_EveryCloseCode_IsTakenOrIs1002()
    {
        for (var code = 0; code <= ushort.MaxValue; code++)
        {
            var valid = code is (>= 1000 and < 1004) or (> 1006 and < 1015) or (>= 3000 and < 5000);
            var expected = valid
                ? ReaderDriver.Closed((ushort)code, "why")
                : ReaderDriver.Faulted(1002, "close code not allowed in a close frame");
            Assert.Equal([expected], ReaderDriver.Run(ClientFrame.Close((ushort)code, "why")));
        }
    }

    [Fact]
    public void Read_CloseWithoutCode_Is1005() =>
        Assert.Equal([ReaderDriver.Closed(1005)], ReaderDriver.Run(ClientFrame.Encode(Opcode.Close, [])));

    [Fact]
    public void Read_CloseWithOneByte_Is1002() =>
        Assert.Equal(
            [ReaderDriver.Faulted(1002, "close frame with half a code")],
            ReaderDriver.Run(ClientFrame.Encode(Opcode.Close, [3])));

    [Fact]
    public void Read_CloseWithTheLongestReason_IsWhole()
    {
        var reason = string.Concat(Enumerable.Repeat("€", 41));
        Assert.Equal([ReaderDriver.Closed(1000, reason)], ReaderDriver.Run(ClientFrame.Close(1000, reason)));
    }

    [Fact]
    public void Read_CloseInsideAFragmentedMessage_IsTaken() =>
        Assert.Equal(
            [ReaderDriver.Closed(1001)],
            ReaderDriver.Run([.. ClientFrame.Text("a", fin: false), .. ClientFrame.Close(1001)]));

    [Theory]
    [MemberData(nameof(Utf8ValidatorTests.Table), MemberType = typeof(Utf8ValidatorTests))]
    public void Read_CloseReason_MustBeUtf8(string hex, int firstBad)
    {
        var bytes = Convert.FromHexString(hex);
        var expected = firstBad == -1
            ? ReaderDriver.Closed(1000, Encoding.UTF8.GetString(bytes))
            : ReaderDriver.Faulted(1007, "close reason is not UTF-8");

        Assert.Equal([expected], ReaderDriver.Run(ClientFrame.Encode(Opcode.Close, [0x03, 0xE8, .. bytes])));
    }

    [Theory]
    [MemberData(nameof(Utf8ValidatorTests.Table), MemberType = typeof(Utf8ValidatorTests))]
    public void Read_Text_MustBeUtf8HoweverItIsCut(string hex, int firstBad)
    {
        var bytes = Convert.FromHexString(hex);
        string[] expected =
        [
            firstBad switch
            {
                -1 => ReaderDriver.Said(ReadStatus.Text, bytes),
                -2 => ReaderDriver.Faulted(1007, "text message ends inside a UTF-8 character"),
                _ => ReaderDriver.Faulted(1007, "text message is not UTF-8"),
            },
        ];

        Assert.Equal(expected, ReaderDriver.Run(ClientFrame.Encode(Opcode.Text, bytes)));
        for (var cut = 0; cut <= bytes.Length; cut++)
        {
            byte[] fragments =
            [
                .. ClientFrame.Encode(Opcode.Text, bytes.AsSpan(0, cut), fin: false),
                .. ClientFrame.Encode(Opcode.Continuation, bytes.AsSpan(cut)),
            ];
            Assert.Equal(expected, ReaderDriver.Run(fragments));
        }
    }

    [Theory]
    [MemberData(nameof(Utf8ValidatorTests.Table), MemberType = typeof(Utf8ValidatorTests))]
    public void Read_BadTextByteByByte_IsFailedAtTheBadByte(string hex, int firstBad)
    {
        byte[] frame = [.. ClientFrame.Header(Opcode.Text, 60), .. ClientFrame.Encode(Opcode.Text, Convert.FromHexString(hex))[6..]];
        var driver = new ReaderDriver(ReaderDriver.RoomyLimits);
        for (var i = 0; i < frame.Length; i++)
        {
            driver.Feed([frame[i]]);
            Assert.Equal(firstBad >= 0 && i - 6 >= firstBad ? 1 : 0, driver.Events.Count);
        }
    }

    [Fact]
    public void Read_BinaryThatIsNotUtf8_IsTaken() =>
        Assert.Equal([ReaderDriver.Said(ReadStatus.Binary, [0xC0, 0xFF])], ReaderDriver.Run(ClientFrame.Encode(Opcode.Binary, [0xC0, 0xFF])));
}
