using System.Buffers;
using WsCore.Framing;
using WsCore.TestKit.Framing;

namespace WsCore.Tests.Framing;

public sealed class MessageReaderDiscardTests
{
    private static readonly MessageLimits Limits = new(1000, 2);

    /// <summary>The faults after which the stream still has frames: what a peer sends, and the code it is told.</summary>
    public static TheoryData<string, byte[], int> Faults => new()
    {
        { "unmasked", ClientFrame.Encode(Opcode.Text, "abc"u8, masked: false), 1002 },
        { "reserved bit", ClientFrame.Encode(Opcode.Text, "abc"u8, rsv: 4), 1002 },
        { "reserved opcode", ClientFrame.Encode((Opcode)5, "abc"u8), 1002 },
        { "long ping", ClientFrame.Encode(Opcode.Ping, new byte[300]), 1002 },
        { "fragmented ping", ClientFrame.Encode(Opcode.Ping, "abc"u8, fin: false), 1002 },
        { "16 bit length of 3", ClientFrame.Encode(Opcode.Text, "abc"u8, lengthForm: LengthForm.Bits16), 1002 },
        { "64 bit length of 300", ClientFrame.Encode(Opcode.Text, new byte[300], lengthForm: LengthForm.Bits64), 1002 },
        { "stray continuation", ClientFrame.Encode(Opcode.Continuation, "abc"u8), 1002 },
        { "new message inside", [.. ClientFrame.Text("a", fin: false), .. ClientFrame.Text("b")], 1002 },
        { "too big", ClientFrame.Encode(Opcode.Binary, new byte[70000]), 1009 },
        { "too big together", [.. ClientFrame.Encode(Opcode.Binary, new byte[999], fin: false), .. ClientFrame.Encode(Opcode.Continuation, [1, 2])], 1009 },
        { "too many fragments", [.. Enumerable.Range(0, 9).SelectMany(i => ClientFrame.Encode(i == 0 ? Opcode.Text : Opcode.Continuation, [], fin: i == 8))], 1009 },
        { "bad text in the middle", ClientFrame.Encode(Opcode.Text, [0x61, 0xFF, .. new byte[500]]), 1007 },
        { "bad text at the end", ClientFrame.Encode(Opcode.Text, [0x61, 0xC3]), 1007 },
        { "bad text in a fragment", [.. ClientFrame.Text("é", fin: false), .. ClientFrame.Encode(Opcode.Continuation, [0xFF, 0x88, 0x82])], 1007 },
    };

    /// <summary>Close frames that break a rule: the fault is told, and the peer has closed all the same.</summary>
    public static TheoryData<string, byte[], int> BadCloses => new()
    {
        { "half a code", ClientFrame.Encode(Opcode.Close, [3]), 1002 },
        { "bad code", ClientFrame.Close(1005), 1002 },
        { "bad reason", ClientFrame.Encode(Opcode.Close, [3, 0xE8, 0xFF]), 1007 },
        { "too long", ClientFrame.Encode(Opcode.Close, [3, 0xE8, .. new byte[200]]), 1002 },
    };

    [Theory]
    [MemberData(nameof(Faults))]
    public void Discard_AfterEveryKindOfFault_FindsTheClose(string name, byte[] bad, int code)
    {
        byte[] stream =
        [
            .. bad,
            .. ClientFrame.Encode(Opcode.Ping, [0x88, 0x80, 0, 0, 0, 0], mask: 0),
            .. ClientFrame.Text("skipped"),
            .. ClientFrame.Close(CloseCodes.GoingAway, "echo"),
        ];

        foreach (var size in new[] { 1, 2, 3, 7, 64, stream.Length })
        {
            var said = ReaderDriver.RunPieces(stream.Chunk(size), Limits, discard: true);

            Assert.True(said.Count == 2, $"{name}, pieces of {size}: {string.Join(", ", said)}");
            Assert.StartsWith($"Fault {code} ", said[0]);
            Assert.Equal(ReaderDriver.Closed(CloseCodes.GoingAway, "echo"), said[1]);
        }
    }

    [Theory]
    [MemberData(nameof(BadCloses))]
    public void Discard_AfterAFaultyClose_ReportsThatThePeerClosed(string name, byte[] bad, int code)
    {
        foreach (var size in new[] { 1, 3, bad.Length })
        {
            // The too long one ends with its header: its payload need not come for the peer to have closed.
            var said = ReaderDriver.RunPieces(bad.Chunk(size), Limits, discard: true);

            Assert.True(said.Count == 2, $"{name}, pieces of {size}: {string.Join(", ", said)}");
            Assert.StartsWith($"Fault {code} ", said[0]);
            Assert.Equal(ReaderDriver.Closed(CloseCodes.NoStatus), said[1]);
        }
    }

    [Fact]
    public void Discard_AfterAnUnmaskedClose_TellsItsCode() =>
        Assert.Equal(
            [ReaderDriver.Faulted(1002, "client frames must be masked"), ReaderDriver.Closed(1001)],
            ReaderDriver.RunPieces([ClientFrame.Encode(Opcode.Close, [0x03, 0xE9], masked: false)], Limits, discard: true));

    [Fact]
    public void Discard_AfterALengthThatHasNoEnd_SwallowsEverything()
    {
        var driver = new ReaderDriver(Limits) { DiscardAfterFault = true };

        driver.Feed(ClientFrame.Header(Opcode.Text, long.MinValue, lengthForm: LengthForm.Bits64));
        Assert.Equal(0, driver.Left);
        driver.Feed(ClientFrame.Close(CloseCodes.Normal));

        Assert.Single(driver.Events);
        Assert.Equal(0, driver.Left);
    }

    [Fact]
    public void Discard_AnywhereInAMessage_SkipsItsRestWithoutBuffers()
    {
        byte[] message =
        [
            .. ClientFrame.Encode(Opcode.Binary, new byte[200], fin: false),
            .. ClientFrame.Encode(Opcode.Continuation, new byte[200]),
        ];
        for (var cut = 0; cut <= message.Length; cut++)
        {
            var driver = new ReaderDriver(Limits);
            driver.Feed(message.AsSpan(0, cut));
            var before = driver.Events.Count;
            driver.Reader.Discard();
            driver.Reader.Release();
            Assert.Equal(0, driver.Reader.RentedBytes);

            driver.Feed([.. message.AsSpan(cut), .. ClientFrame.Close(CloseCodes.Normal)]);

            Assert.Equal([ReaderDriver.Closed(CloseCodes.Normal)], driver.Events.Skip(before));
            Assert.Equal(0, driver.Reader.RentedBytes);
        }
    }

    [Fact]
    public void Discard_HugeFrameAfterwards_IsSkippedInConstantSpace()
    {
        var driver = new ReaderDriver(Limits);
        driver.Reader.Discard();

        driver.Feed(ClientFrame.Header(Opcode.Binary, 10_000_000));
        for (var i = 0; i < 100; i++)
        {
            driver.Feed(new byte[100_000]);
            Assert.Equal(0, driver.Left);
            Assert.Equal(0, driver.Reader.RentedBytes);
        }

        driver.Feed(ClientFrame.Close(CloseCodes.Normal));
        Assert.Equal([ReaderDriver.Closed(CloseCodes.Normal)], driver.Events);
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public void Read_Close_TakesWhatFollowsWithIt(bool discarding)
    {
        var reader = new MessageReader(Limits);
        if (discarding)
        {
            reader.Discard();
        }

        var input = new ReadOnlySequence<byte>([.. ClientFrame.Close(CloseCodes.Normal), .. ClientFrame.Text("not heard")]);

        Assert.Equal(ReadStatus.Close, reader.Read(ref input));
        Assert.True(input.IsEmpty);
    }

    [Fact]
    public void Discard_BeforeThePayloadWasHandled_LeavesIt()
    {
        var reader = new MessageReader(Limits);
        var input = new ReadOnlySequence<byte>(ClientFrame.Text("still here"));
        reader.Read(ref input);

        reader.Discard();

        Assert.Equal("still here"u8, reader.Payload.Span);
        reader.Release();
        Assert.True(reader.Payload.IsEmpty);
        Assert.Equal(0, reader.RentedBytes);
    }
}
