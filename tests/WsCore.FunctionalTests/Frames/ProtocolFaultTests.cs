using System.Text;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Net;

namespace WsCore.FunctionalTests.Frames;

/// <summary>A client that breaks RFC 6455 is told by a close frame, and the stream then ends as it should.</summary>
public sealed class ProtocolFaultTests
{
    private const int MessageBytes = 1024;
    private const int Fragments = 8;

    private static readonly Dictionary<string, (int Code, byte[] Bytes)> Cases = new()
    {
        ["an unmasked text frame"] = (1002, RawFrame.Encode(RawOpcode.Text, "{}"u8, masked: false)),
        ["an unmasked frame shorter than a mask"] = (1002, RawFrame.Encode(RawOpcode.Text, ""u8, masked: false)),
        ["an unmasked ping"] = (1002, RawFrame.Encode(RawOpcode.Ping, "x"u8, masked: false)),
        ["RSV1 with no extension agreed"] = (1002, RawFrame.Encode(RawOpcode.Text, "{}"u8, rsv: 4)),
        ["RSV2"] = (1002, RawFrame.Encode(RawOpcode.Text, "{}"u8, rsv: 2)),
        ["RSV3"] = (1002, RawFrame.Encode(RawOpcode.Text, "{}"u8, rsv: 1)),
        ["RSV1 on a ping"] = (1002, RawFrame.Encode(RawOpcode.Ping, "x"u8, rsv: 4)),
        ["reserved data opcode 3"] = (1002, RawFrame.Encode(3, "{}"u8)),
        ["reserved data opcode 7"] = (1002, RawFrame.Encode(7, "{}"u8)),
        ["reserved control opcode 11"] = (1002, RawFrame.Encode(11, ""u8)),
        ["reserved control opcode 15"] = (1002, RawFrame.Encode(15, ""u8)),
        ["a fragmented ping"] = (1002, RawFrame.Encode(RawOpcode.Ping, "x"u8, fin: false)),
        ["a ping of 126 bytes"] = (1002, RawFrame.Encode(RawOpcode.Ping, new byte[126])),
        ["a fragmented close"] = (1002, RawFrame.Encode(RawOpcode.Close, RawFrame.ClosePayload(1000), fin: false)),
        ["a length in more bytes than it needs"] = (1002, [0x81, 0xFE, 0, 2, 1, 2, 3, 4, (byte)'{' ^ 1, (byte)'}' ^ 2]),
        ["a continuation of nothing"] = (1002, RawFrame.Encode(RawOpcode.Continuation, "{}"u8)),
        ["a message inside a message"] = (1002, [.. RawFrame.Encode(RawOpcode.Text, "{"u8, fin: false), .. RawFrame.Encode(RawOpcode.Text, "}"u8)]),
        ["half a close code"] = (1002, RawFrame.Encode(RawOpcode.Close, [3])),
        ["a close reason that is not UTF-8"] = (1007, RawFrame.Encode(RawOpcode.Close, [3, 0xE8, 0xC3, 0x28])),
        ["text that is not UTF-8"] = (1007, RawFrame.Encode(RawOpcode.Text, [(byte)'"', 0xFF, (byte)'"'])),
        ["a surrogate in UTF-8"] = (1007, RawFrame.Encode(RawOpcode.Text, [0xED, 0xA0, 0x80])),
        ["text that ends inside a character"] = (1007, RawFrame.Encode(RawOpcode.Text, [(byte)'"', 0xE2, 0x82])),
        ["a frame over the limit"] = (1009, RawFrame.Encode(RawOpcode.Text, new byte[MessageBytes + 1])),
        ["a binary frame over the limit"] = (1009, RawFrame.Encode(RawOpcode.Binary, new byte[MessageBytes + 1])),
        ["a message over the limit in two frames"] = (1009,
            [.. RawFrame.Encode(RawOpcode.Text, Spaces(MessageBytes), fin: false), .. RawFrame.Encode(RawOpcode.Continuation, " "u8)]),
        ["too many fragments"] = (1009,
            [.. RawFrame.Encode(RawOpcode.Text, ""u8, fin: false), .. Enumerable.Repeat(RawFrame.Encode(RawOpcode.Continuation, ""u8, fin: false), Fragments).SelectMany(f => f)]),
    };

    public static TheoryData<string> Faults => [.. Cases.Keys];

    [Theory]
    [MemberData(nameof(Faults))]
    public async Task Each_fault_is_told_by_its_close_frame_and_the_stream_ends_cleanly(string fault)
    {
        await using var application = await StartAsync();
        await using var socket = await application.ConnectRawAsync();
        var (code, bytes) = Cases[fault];
        await socket.SendRawAsync(bytes);

        var close = await socket.ReceiveCloseAsync();
        Assert.Equal(code, close.Code);
        Assert.NotEmpty(close.Reason);
        await socket.SendCloseAsync(close.Code);
        await socket.ExpectEofAsync();
        await application.IsEmptyAsync();
        Assert.Empty(application.Errors);
    }

    [Fact]
    public async Task A_length_beyond_63_bits_loses_the_framing_and_the_stream_ends_with_the_peers()
    {
        await using var application = await StartAsync();
        await using var socket = await application.ConnectRawAsync();
        await socket.SendRawAsync((byte[])[0x82, 0xFF, 0x80, 0, 0, 0, 0, 0, 0, 1, 1, 2, 3, 4]);

        Assert.Equal(1002, (await socket.ReceiveCloseAsync()).Code);
        await socket.SendCloseAsync(1002);
        socket.ShutdownSend();
        await socket.ExpectEofAsync();
    }

    [Theory]
    [InlineData(0)]
    [InlineData(999)]
    [InlineData(1004)]
    [InlineData(1005)]
    [InlineData(1006)]
    [InlineData(1015)]
    [InlineData(1016)]
    [InlineData(2999)]
    [InlineData(5000)]
    [InlineData(65535)]
    public async Task A_code_that_no_close_frame_may_carry_is_a_fault(int code)
    {
        await using var application = await StartAsync();
        await using var socket = await application.ConnectRawAsync();
        await socket.SendCloseAsync(code);

        Assert.Equal(1002, (await socket.ReceiveCloseAsync()).Code);
        await socket.SendCloseAsync(1002);
        await socket.ExpectEofAsync();
    }

    [Fact]
    public async Task Bad_utf8_is_refused_at_its_first_byte_and_not_when_the_message_ends()
    {
        await using var application = await StartAsync();
        await using var socket = await application.ConnectRawAsync();
        await socket.SendFrameAsync(RawOpcode.Text, new byte[] { (byte)'"', 0xC3, 0x28 }, fin: false);

        Assert.Equal(1007, (await socket.ReceiveCloseAsync()).Code);
        await socket.SendCloseAsync(1007);
        await socket.ExpectEofAsync();
    }

    [Fact]
    public async Task An_oversized_message_is_refused_by_its_header_and_the_rest_of_it_does_not_reset_the_stream()
    {
        await using var application = await StartAsync();
        await using var socket = await application.ConnectRawAsync();
        var frame = RawFrame.Encode(RawOpcode.Binary, new byte[4 * 1024 * 1024]);
        await socket.SendRawAsync(frame.AsMemory(0, 14));

        Assert.Equal(1009, (await socket.ReceiveCloseAsync()).Code);
        await socket.SendRawAsync(frame.AsMemory(14));
        await socket.SendCloseAsync(1009);
        await socket.ExpectEofAsync();
    }

    [Fact]
    public async Task A_peer_that_does_not_answer_the_close_is_cut_after_the_close_timeout()
    {
        await using var application = await StartAsync(manualClock: true);
        await using var socket = await application.ConnectRawAsync();
        await socket.SendRawAsync(Cases["reserved data opcode 3"].Bytes);
        Assert.Equal(1002, (await socket.ReceiveCloseAsync()).Code);

        application.Time.Advance(TimeSpan.FromSeconds(3));
        await socket.SendTextAsync("""{"type":"ping"}"""); // reads on, answers nothing
        Assert.Equal(1, application.Node.Connections.Count);
        application.AdvancePast(TimeSpan.FromSeconds(2));
        await application.IsEmptyAsync();
        await socket.DrainAsync();
    }

    [Fact]
    public async Task What_came_before_the_fault_is_done_and_what_comes_after_it_is_not()
    {
        await using var application = await StartAsync();
        await using var witness = await application.ConnectAsync();
        await witness.JoinAsync("lobby");
        await using var socket = await application.ConnectRawAsync();
        await socket.SendRawAsync((byte[])
        [
            .. RawFrame.Encode(RawOpcode.Text, """{"type":"join","room":"lobby"}"""u8),
            .. RawFrame.Encode(RawOpcode.Text, """{"type":"broadcast","room":"lobby","payload":"before"}"""u8),
            .. RawFrame.Encode(3, ""u8),
            .. RawFrame.Encode(RawOpcode.Text, """{"type":"broadcast","room":"lobby","payload":"after"}"""u8),
        ]);

        Assert.Equal(1002, (await socket.ReceiveCloseAsync()).Code);
        Assert.Equal("\"before\"", Assert.Single(await witness.NewsAsync()).Json.Raw("payload"));
    }

    private static byte[] Spaces(int count) => Encoding.ASCII.GetBytes(new string(' ', count));

    private static Task<TestApplication> StartAsync(bool manualClock = false) => TestApplication.StartAsync(o =>
    {
        o.Time = manualClock ? new TestKit.Time.ManualTimeProvider() : null;
        o.Options = options =>
        {
            options.Limits.MaxMessageBytes = MessageBytes;
            options.Limits.MaxFragments = Fragments;
        };
    });
}
