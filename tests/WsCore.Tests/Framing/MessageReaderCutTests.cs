using WsCore.Framing;
using WsCore.TestKit.Framing;

namespace WsCore.Tests.Framing;

/// <summary>How the bytes are cut on their way must not show in what the reader says.</summary>
public sealed class MessageReaderCutTests
{
    private static readonly MessageLimits Limits = new(2000, 4);

    public static TheoryData<string, byte[]> Samples => new()
    {
        { "short text", ClientFrame.Text("Hello, wörld €😀") },
        { "empty text", ClientFrame.Text("") },
        { "16 bit length", ClientFrame.Encode(Opcode.Binary, [.. Enumerable.Range(0, 300).Select(i => (byte)i)]) },
        { "ping", ClientFrame.Encode(Opcode.Ping, "are you there?"u8) },
        { "longest pong", ClientFrame.Encode(Opcode.Pong, new byte[125], mask: 0xFFFEFDFC) },
        { "close", ClientFrame.Close(4000, "größer") },
        { "close without code", ClientFrame.Encode(Opcode.Close, []) },
        { "close and more", [.. ClientFrame.Close(1000), .. ClientFrame.Text("not heard")] },
        {
            "fragments, pings, next message",
            [
                .. ClientFrame.Encode(Opcode.Text, [0xE2], fin: false),
                .. ClientFrame.Encode(Opcode.Ping, "1"u8, mask: 0x01020304),
                .. ClientFrame.Encode(Opcode.Continuation, [0x82], fin: false, mask: 0),
                .. ClientFrame.Encode(Opcode.Ping, []),
                .. ClientFrame.Encode(Opcode.Continuation, [0xAC, 0x21], mask: 0xCAFEBABE),
                .. ClientFrame.Encode(Opcode.Binary, [0xFF, 0xFE]),
            ]
        },
        { "bad text", ClientFrame.Encode(Opcode.Text, "abcdefgh\u00FCij"u8.ToArray().Select((b, i) => i == 9 ? (byte)0xC0 : b).ToArray()) },
        { "truncated text", ClientFrame.Encode(Opcode.Text, [0x61, 0xF0, 0x9F, 0x98]) },
        { "not masked", ClientFrame.Encode(Opcode.Text, "abc"u8, masked: false) },
        { "too big", ClientFrame.Encode(Opcode.Binary, new byte[2001]) },
        { "too many fragments", [.. Enumerable.Range(0, 5).SelectMany(i => ClientFrame.Encode(i == 0 ? Opcode.Text : Opcode.Continuation, [(byte)'x'], fin: false))] },
        { "good, then a stray continuation", [.. ClientFrame.Text("good"), .. ClientFrame.Encode(Opcode.Continuation, "bad"u8)] },
        { "bad close code", ClientFrame.Close(1006) },
    };

    [Theory]
    [MemberData(nameof(Samples))]
    public void Read_CutInTwoAnywhere_SaysTheSame(string name, byte[] stream)
    {
        var expected = ReaderDriver.Run(stream, Limits);
        for (var cut = 0; cut <= stream.Length; cut++)
        {
            AssertSame(expected, ReaderDriver.RunPieces([stream[..cut], stream[cut..]], Limits), $"{name}, cut at {cut}");
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Read_InEqualPieces_SaysTheSame(string name, byte[] stream)
    {
        var expected = ReaderDriver.Run(stream, Limits);
        foreach (var size in new[] { 1, 2, 3, 5, 13, 64 })
        {
            AssertSame(expected, ReaderDriver.RunPieces(stream.Chunk(size), Limits), $"{name}, pieces of {size}");
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Read_InSegments_SaysTheSame(string name, byte[] stream)
    {
        var expected = ReaderDriver.Run(stream, Limits);
        foreach (var size in new[] { 1, 2, 3, 5, 13, 64 })
        {
            for (var cut = 0; cut <= stream.Length; cut += Math.Max(3, stream.Length / 50))
            {
                var driver = new ReaderDriver(Limits);
                driver.FeedSegments(stream[..cut], size);
                driver.FeedSegments(stream[cut..], size);
                AssertSame(expected, driver.Events, $"{name}, segments of {size}, cut at {cut}");
            }
        }
    }

    [Theory]
    [MemberData(nameof(Samples))]
    public void Read_ByteByByte_LeavesAtMostOneControlFrameInTheInput(string name, byte[] stream)
    {
        var driver = new ReaderDriver(Limits);
        foreach (var value in stream)
        {
            driver.Feed([value]);
            if (driver.Events.Exists(said => said.StartsWith("Fault", StringComparison.Ordinal)))
            {
                break;
            }

            Assert.True(driver.Left <= 139, name);
        }
    }

    private static void AssertSame(List<string> expected, List<string> actual, string which) =>
        Assert.True(expected.SequenceEqual(actual), $"{which}: {string.Join(", ", actual)}");
}
