using System.Buffers;
using System.Text;
using WsCore.Framing;
using WsCore.TestKit.Framing;

namespace WsCore.Tests.Framing;

public sealed class MessageReaderTests
{
    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(125)]
    [InlineData(126)]
    [InlineData(127)]
    [InlineData(65535)]
    [InlineData(65536)]
    public void Read_EveryLengthBoundary_GivesThePayload(int length)
    {
        var payload = new byte[length];
        new Random(length).NextBytes(payload);
        var frame = ClientFrame.Encode(Opcode.Binary, payload);
        List<string> expected = [ReaderDriver.Said(ReadStatus.Binary, payload)];

        Assert.Equal(expected, ReaderDriver.Run(frame));
        Assert.Equal(expected, ReaderDriver.RunPieces(frame.Chunk(1)));
        Assert.Equal(expected, ReaderDriver.RunPieces(frame.Chunk(4096)));
    }

    [Fact]
    public void Read_TwoMessagesInOneInput_StopsAfterEach()
    {
        var reader = new MessageReader(ReaderDriver.RoomyLimits);
        var input = new ReadOnlySequence<byte>([.. ClientFrame.Text("one"), .. ClientFrame.Text("two and more")]);

        Assert.Equal(ReadStatus.Text, reader.Read(ref input));
        Assert.Equal("one", Encoding.UTF8.GetString(reader.Payload.Span));
        Assert.Equal(ReadStatus.Text, reader.Read(ref input));
        Assert.Equal("two and more", Encoding.UTF8.GetString(reader.Payload.Span));
        Assert.Equal(ReadStatus.NeedMore, reader.Read(ref input));
        Assert.True(reader.Payload.IsEmpty);
    }

    [Fact]
    public void Read_FragmentsWithControlFramesBetween_GivesEachAtItsTime()
    {
        byte[] stream =
        [
            .. ClientFrame.Encode(Opcode.Text, "He"u8, fin: false),
            .. ClientFrame.Encode(Opcode.Ping, "p1"u8),
            .. ClientFrame.Encode(Opcode.Continuation, "ll"u8, fin: false, mask: 0xA1B2C3D4),
            .. ClientFrame.Encode(Opcode.Continuation, [], fin: false),
            .. ClientFrame.Encode(Opcode.Pong, []),
            .. ClientFrame.Encode(Opcode.Ping, new byte[125]),
            .. ClientFrame.Encode(Opcode.Continuation, "o"u8),
            .. ClientFrame.Encode(Opcode.Binary, [0xFF]),
        ];

        Assert.Equal(
            [
                ReaderDriver.Said(ReadStatus.Ping, "p1"u8),
                ReaderDriver.Said(ReadStatus.Pong, []),
                ReaderDriver.Said(ReadStatus.Ping, new byte[125]),
                ReaderDriver.Said(ReadStatus.Text, "Hello"u8),
                ReaderDriver.Said(ReadStatus.Binary, [0xFF]),
            ],
            ReaderDriver.Run(stream));
    }

    [Fact]
    public void Read_CharacterAcrossFragmentsAndAPing_IsText()
    {
        byte[] stream =
        [
            .. ClientFrame.Encode(Opcode.Text, [0xF0, 0x9F], fin: false),
            .. ClientFrame.Encode(Opcode.Ping, [0xFF]),
            .. ClientFrame.Encode(Opcode.Continuation, [0x98], fin: false),
            .. ClientFrame.Encode(Opcode.Continuation, [], fin: false),
            .. ClientFrame.Encode(Opcode.Continuation, [0x80]),
        ];

        Assert.Equal(
            [ReaderDriver.Said(ReadStatus.Ping, [0xFF]), ReaderDriver.Said(ReadStatus.Text, "😀"u8)],
            ReaderDriver.Run(stream));
    }

    [Fact]
    public void Read_EmptyMessages_AreMessages()
    {
        byte[] stream =
        [
            .. ClientFrame.Encode(Opcode.Text, []),
            .. ClientFrame.Encode(Opcode.Binary, [], fin: false),
            .. ClientFrame.Encode(Opcode.Continuation, []),
        ];

        Assert.Equal([ReaderDriver.Said(ReadStatus.Text, []), ReaderDriver.Said(ReadStatus.Binary, [])], ReaderDriver.Run(stream));
    }

    [Theory]
    [InlineData(0u)]
    [InlineData(uint.MaxValue)]
    [InlineData(0x00000001u)]
    public void Read_AnyMask_IsUndone(uint mask) =>
        Assert.Equal([ReaderDriver.Said(ReadStatus.Text, "mask"u8)], ReaderDriver.Run(ClientFrame.Encode(Opcode.Text, "mask"u8, mask: mask)));

    [Fact]
    public void InMessage_WhileAnythingIsUnfinished_IsTrue()
    {
        var driver = new ReaderDriver(ReaderDriver.RoomyLimits);
        var ping = ClientFrame.Encode(Opcode.Ping, "ping"u8);
        var first = ClientFrame.Encode(Opcode.Text, "ab"u8, fin: false);
        var last = ClientFrame.Encode(Opcode.Continuation, "c"u8);

        Assert.False(driver.Reader.InMessage);
        AssertInMessageAfterEachByte(ping, endsInMessage: false);
        AssertInMessageAfterEachByte(first, endsInMessage: true);
        AssertInMessageAfterEachByte(ping, endsInMessage: true);
        AssertInMessageAfterEachByte(last, endsInMessage: false);
        driver.Feed([]);
        Assert.False(driver.Reader.InMessage);

        void AssertInMessageAfterEachByte(byte[] frame, bool endsInMessage)
        {
            for (var i = 0; i < frame.Length; i++)
            {
                driver.Feed([frame[i]]);
                Assert.Equal(endsInMessage || i < frame.Length - 1, driver.Reader.InMessage);
            }
        }
    }

    [Theory]
    [InlineData((byte)Opcode.Text, 1)]
    [InlineData((byte)Opcode.Text, 8)]
    [InlineData((byte)Opcode.Ping, 1)]
    [InlineData((byte)Opcode.Ping, 8)]
    public void InMessage_FrameInTwoParts_IsTrueBetweenAndFalseWithTheFrame(byte opcode, int cut)
    {
        var reader = new MessageReader(ReaderDriver.RoomyLimits);
        var frame = ClientFrame.Encode((Opcode)opcode, "abcd"u8);

        var input = new ReadOnlySequence<byte>(frame, 0, cut);
        Assert.Equal(ReadStatus.NeedMore, reader.Read(ref input));
        Assert.True(reader.InMessage);

        var left = frame.AsMemory(cut - (int)input.Length);
        input = new ReadOnlySequence<byte>(left);
        Assert.Equal((Opcode)opcode == Opcode.Text ? ReadStatus.Text : ReadStatus.Ping, reader.Read(ref input));
        Assert.False(reader.InMessage);
    }

    [Fact]
    public void InMessage_AfterFaultDiscardOrClose_IsFalse()
    {
        var faulted = new ReaderDriver(ReaderDriver.RoomyLimits);
        faulted.Feed([0x01, 0x83, 0, 0, 0, 0, 0xFF]);
        Assert.False(faulted.Reader.InMessage);

        var discarding = new ReaderDriver(ReaderDriver.RoomyLimits);
        discarding.Feed([0x01, 0x83, 0, 0, 0, 0]);
        Assert.True(discarding.Reader.InMessage);
        discarding.Reader.Discard();
        Assert.False(discarding.Reader.InMessage);

        var closed = new ReaderDriver(ReaderDriver.RoomyLimits);
        closed.Feed([.. ClientFrame.Encode(Opcode.Text, "a"u8, fin: false), .. ClientFrame.Close(CloseCodes.Normal)]);
        Assert.False(closed.Reader.InMessage);
    }

    [Fact]
    public void Read_AfterAClose_SwallowsEverything()
    {
        var driver = new ReaderDriver(ReaderDriver.RoomyLimits);

        driver.Feed([.. ClientFrame.Close(4999, "bye"), .. ClientFrame.Text("more"), 0xFF]);
        driver.Feed([0xFF, 0xFF, 0xFF]);
        driver.Reader.Discard();
        driver.Feed(ClientFrame.Close(CloseCodes.Normal));

        Assert.Equal([ReaderDriver.Closed(4999, "bye")], driver.Events);
        Assert.Equal(0, driver.Left);
    }

    [Fact]
    public void Read_AfterAFault_RepeatsIt()
    {
        var reader = new MessageReader(ReaderDriver.RoomyLimits);
        var input = new ReadOnlySequence<byte>(ClientFrame.Encode(Opcode.Text, "x"u8, masked: false));

        Assert.Equal(ReadStatus.Fault, reader.Read(ref input));
        var fault = reader.Fault;
        Assert.Equal(ReadStatus.Fault, reader.Read(ref input));

        Assert.Equal(fault, reader.Fault);
        Assert.Equal(3, input.Length);
    }

    [Theory]
    [InlineData(0, 1)]
    [InlineData(-1, 1)]
    [InlineData(1, 0)]
    public void Constructor_LimitThatAllowsNothing_Throws(int bytes, int fragments) =>
        Assert.Throws<ArgumentOutOfRangeException>(() => new MessageReader(new MessageLimits(bytes, fragments)));
}
