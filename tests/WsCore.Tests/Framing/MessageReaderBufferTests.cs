using System.Buffers;
using WsCore.Framing;
using WsCore.TestKit.Framing;

namespace WsCore.Tests.Framing;

[Collection(BufferUseCollection.Name)]
public sealed class MessageReaderBufferTests
{
    private static readonly MessageLimits Limits = new(65536, 16);

    [Fact]
    public void RentedBytes_LargeSizeDeclaredAndLittleSent_StaysSmall()
    {
        var driver = new ReaderDriver(Limits);

        driver.Feed(ClientFrame.Header(Opcode.Binary, 65536));
        Assert.Equal(0, driver.Reader.RentedBytes);
        driver.Feed(new byte[6]);

        Assert.InRange(driver.Reader.RentedBytes, 6, 256);
    }

    [Fact]
    public void RentedBytes_LittleDeclaredAndNotAllSent_IsNoMoreThanThat()
    {
        var driver = new ReaderDriver(Limits);

        driver.Feed([.. ClientFrame.Header(Opcode.Binary, 20), 1, 2, 3]);

        Assert.InRange(driver.Reader.RentedBytes, 3, 32);
    }

    [Theory]
    [InlineData(1)]
    [InlineData(100)]
    [InlineData(1448)]
    [InlineData(4096)]
    public void RentedBytes_WhileAMessageArrives_FollowWhatHasArrived(int piece)
    {
        var driver = new ReaderDriver(Limits);
        driver.Feed(ClientFrame.Header(Opcode.Binary, 65536));
        for (var sent = piece; sent < 65536; sent += piece)
        {
            driver.Feed(new byte[piece]);
            Assert.InRange(driver.Reader.RentedBytes, sent, Math.Max(256, 2 * sent));
        }
    }

    [Fact]
    public void RentedBytes_WholeMessageAtHand_IsOneRentOfItsSize()
    {
        using var pool = new PoolListener();
        var reader = new MessageReader(Limits);
        var input = Sequences.Split(ClientFrame.Encode(Opcode.Binary, new byte[40_000]), 4096);
        var before = pool.Rents;

        reader.Read(ref input);

        Assert.Equal(before + 1, pool.Rents);
        Assert.Equal(65536, reader.RentedBytes);
        reader.Release();
    }

    [Fact]
    public void RentedBytes_MessageInSmallPieces_GrowByDoubling()
    {
        using var pool = new PoolListener();
        var driver = new ReaderDriver(Limits);
        driver.Feed(ClientFrame.Header(Opcode.Binary, 65536));
        var before = pool.Rents;

        // All but the last piece: writing the message down would rent too.
        for (var sent = 0; sent < 65536 - 16; sent += 16)
        {
            driver.Feed(new byte[16]);
        }

        Assert.Equal(9, pool.Rents - before); // 256, 512, ... 65536
        Assert.Empty(driver.Events);
    }

    [Fact]
    public void Release_NothingUnfinished_OwnsNoBuffer()
    {
        var reader = new MessageReader(Limits);
        Assert.Equal(0, reader.RentedBytes);
        foreach (var frame in new[] { ClientFrame.Text("x"), ClientFrame.Encode(Opcode.Ping, "x"u8), ClientFrame.Encode(Opcode.Binary, new byte[60000]) })
        {
            var input = new ReadOnlySequence<byte>(frame);
            reader.Read(ref input);
            Assert.NotEqual(0, reader.RentedBytes);
            reader.Release();
            Assert.Equal(0, reader.RentedBytes);
        }
    }

    [Fact]
    public void Release_MessageUnfinished_KeepsItAndGivesBackThePing()
    {
        var driver = new ReaderDriver(Limits);
        driver.Feed(ClientFrame.Encode(Opcode.Binary, [1, 2, 3], fin: false));
        var kept = driver.Reader.RentedBytes;

        driver.Feed(ClientFrame.Encode(Opcode.Ping, new byte[100]));
        driver.Reader.Release();
        Assert.Equal(kept, driver.Reader.RentedBytes);

        driver.Feed(ClientFrame.Encode(Opcode.Continuation, [4]));
        Assert.Equal(ReaderDriver.Said(ReadStatus.Binary, [1, 2, 3, 4]), driver.Events[^1]);
        Assert.Equal(0, driver.Reader.RentedBytes);
    }

    [Fact]
    public void Read_FaultOrClose_OwnsNoBuffer()
    {
        foreach (var end in new[] { ClientFrame.Close(CloseCodes.Normal), ClientFrame.Text("inside") })
        {
            var driver = new ReaderDriver(Limits);
            driver.Feed(ClientFrame.Encode(Opcode.Binary, new byte[1000], fin: false));
            Assert.NotEqual(0, driver.Reader.RentedBytes);
            driver.Feed(end);
            Assert.Equal(0, driver.Reader.RentedBytes);
        }
    }

    [Fact]
    public void Read_RandomAndDamagedStreams_GiveEveryBufferBackOnce()
    {
        using var pool = new PoolListener();
        foreach (var seed in Enumerable.Range(1, 200))
        {
            var random = new Random(seed);
            var bytes = new StreamScript(seed).Bytes;
            if (seed % 2 == 0)
            {
                bytes[random.Next(bytes.Length)] ^= (byte)(1 << random.Next(8));
            }

            var driver = new ReaderDriver(StreamScript.Limits) { DiscardAfterFault = seed % 4 == 0 };
            foreach (var piece in bytes.Chunk(1 + random.Next(3000)))
            {
                driver.Feed(piece);
            }

            driver.Reader.Discard();
            driver.Reader.Release();
            driver.Reader.Release();
            Assert.True(pool.Outstanding == 0 && pool.BadReturns == 0, $"seed {seed}: {pool.Outstanding} out, {pool.BadReturns} bad returns");
        }

        Assert.InRange(pool.Rents, 200, int.MaxValue);
    }

    [Fact]
    public void Read_SmallFramesInSteadyState_AllocateNothing()
    {
        byte[] stream =
        [
            .. ClientFrame.Text("{\"type\":\"ping\",\"id\":\"größer\"}"),
            .. ClientFrame.Encode(Opcode.Ping, "are you there?"u8),
            .. ClientFrame.Encode(Opcode.Binary, new byte[700]),
            .. ClientFrame.Text("frag", fin: false),
            .. ClientFrame.Encode(Opcode.Continuation, "ment"u8),
        ];
        var segments = Sequences.Split(stream, 100);
        var reader = new MessageReader(Limits);
        var frames = Run(1000);

        var before = GC.GetAllocatedBytesForCurrentThread();
        frames += Run(1000);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;

        Assert.Equal(16_000, frames);
        Assert.Equal(0, allocated);

        int Run(int times)
        {
            var count = 0;
            for (var i = 0; i < times; i++)
            {
                count += Drain(new ReadOnlySequence<byte>(stream)) + Drain(segments);
            }

            return count;
        }

        int Drain(ReadOnlySequence<byte> input)
        {
            var count = 0;
            while (reader.Read(ref input) is not (ReadStatus.NeedMore or ReadStatus.Fault))
            {
                count++;
                reader.Release();
            }

            return count;
        }
    }
}
