using System.Text;
using WsCore.Framing;
using WsCore.TestKit.Framing;

namespace WsCore.Tests.Framing;

public sealed class MessageReaderLimitTests
{
    private const int MaxBytes = 65536;
    private const string TooBig = "Fault 1009 message over 65536 bytes";
    private static readonly MessageLimits Limits = new(MaxBytes, 4);

    [Theory]
    [InlineData(MaxBytes - 1, true)]
    [InlineData(MaxBytes, true)]
    [InlineData(MaxBytes + 1, false)]
    public void Read_SizeAroundTheLimit_IsTakenOrIs1009(int size, bool taken)
    {
        var payload = new byte[size];
        var expected = taken ? ReaderDriver.Said(ReadStatus.Binary, payload) : TooBig;

        Assert.Equal([expected], ReaderDriver.Run(ClientFrame.Encode(Opcode.Binary, payload), Limits));
        byte[] fragments =
        [
            .. ClientFrame.Encode(Opcode.Binary, payload.AsSpan(0, 40000), fin: false),
            .. ClientFrame.Encode(Opcode.Continuation, payload.AsSpan(40000)),
        ];
        Assert.Equal([expected], ReaderDriver.Run(fragments, Limits));
    }

    [Theory]
    [InlineData(MaxBytes + 1L)]
    [InlineData(int.MaxValue)]
    [InlineData(1L + uint.MaxValue)]
    [InlineData(long.MaxValue)]
    public void Read_DeclaredSizeOverTheLimit_Is1009BeforeAnyPayload(long size)
    {
        var header = ClientFrame.Header(Opcode.Binary, size);

        Assert.Empty(ReaderDriver.Run(header[..^1], Limits));
        Assert.Equal([TooBig], ReaderDriver.Run(header, Limits));
        Assert.Equal([TooBig], ReaderDriver.Run(
            [.. ClientFrame.Encode(Opcode.Binary, [1], fin: false), .. ClientFrame.Header(Opcode.Continuation, size - 1)], Limits));
    }

    [Fact]
    public void Read_DeclaredSizesThatWouldOverflowASum_Are1009()
    {
        var limits = new MessageLimits(int.MaxValue, 4);
        byte[] stream = [.. ClientFrame.Encode(Opcode.Binary, new byte[100], fin: false), .. ClientFrame.Header(Opcode.Continuation, long.MaxValue)];

        Assert.Equal(["Fault 1009 message over 2147483647 bytes"], ReaderDriver.Run(stream, limits));
    }

    [Fact]
    public void Read_LimitsAreOfOneMessage_NotOfTheConnection()
    {
        var message = ClientFrame.Encode(Opcode.Binary, new byte[MaxBytes]);
        var driver = new ReaderDriver(Limits);
        for (var i = 0; i < 3; i++)
        {
            driver.Feed(message);
            driver.Feed([.. Fragments(4), .. ClientFrame.Encode(Opcode.Ping, [])]);
        }

        Assert.Equal(9, driver.Events.Count);
        Assert.DoesNotContain(driver.Events, said => said.StartsWith("Fault", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(1)]
    [InlineData(2)]
    [InlineData(64)]
    public void Read_FragmentsAroundTheLimit_AreTakenOrAre1009(int limit)
    {
        var limits = new MessageLimits(1024, limit);

        Assert.Equal([ReaderDriver.Said(ReadStatus.Binary, [])], ReaderDriver.Run(Fragments(limit), limits));
        Assert.Equal([$"Fault 1009 message over {limit} fragments"], ReaderDriver.Run(Fragments(limit + 1), limits));
    }

    [Fact]
    public void Read_EndlessEmptyFragments_Are1009() =>
        Assert.Equal(
            ["Fault 1009 message over 4 fragments"],
            ReaderDriver.Run([.. Enumerable.Range(0, 100).SelectMany(i => ClientFrame.Encode(i == 0 ? Opcode.Text : Opcode.Continuation, [], fin: false))], Limits));

    [Fact]
    public void Read_ControlFramesBetween_AreNoFragments()
    {
        byte[] stream =
        [
            .. ClientFrame.Encode(Opcode.Text, [], fin: false),
            .. Enumerable.Range(0, 100).SelectMany(_ => ClientFrame.Encode(Opcode.Ping, [])),
            .. ClientFrame.Encode(Opcode.Continuation, "a"u8),
        ];

        Assert.Equal(ReaderDriver.Said(ReadStatus.Text, "a"u8), ReaderDriver.Run(stream, new MessageLimits(10, 2))[^1]);
    }

    [Fact]
    public void Fault_EveryReason_FitsACloseFrameWhole()
    {
        var limits = new MessageLimits(int.MaxValue, int.MaxValue);
        Assert.InRange(Encoding.UTF8.GetByteCount($"message over {limits.MaxFragments} fragments"), 1, 123);
        string[] reasons =
        [
            .. ReaderDriver.Run(ClientFrame.Encode(Opcode.Continuation, [])),
            .. ReaderDriver.Run(ClientFrame.Encode(Opcode.Text, [0xE2])),
            .. ReaderDriver.Run(ClientFrame.Encode(Opcode.Close, [1, 1])),
            .. ReaderDriver.Run(ClientFrame.Header(Opcode.Text, 1, lengthForm: LengthForm.Bits64)),
            .. ReaderDriver.Run(ClientFrame.Header(Opcode.Text, long.MaxValue), limits),
        ];

        Assert.Equal(5, reasons.Length);
        Assert.All(reasons, reason => Assert.InRange(Encoding.UTF8.GetByteCount(reason), 1, 123));
    }

    private static byte[] Fragments(int count) =>
    [
        .. Enumerable.Range(0, count)
            .SelectMany(i => ClientFrame.Encode(i == 0 ? Opcode.Binary : Opcode.Continuation, [], fin: i == count - 1)),
    ];
}
