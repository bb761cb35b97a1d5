using System.Buffers;
using System.Text;
using BenchmarkDotNet.Attributes;
using WsCore.Benchmarks.Running;
using WsCore.Framing;
using WsCore.TestKit.Framing;

namespace WsCore.Benchmarks;

/// <summary>From the bytes of a stream to a message. One operation takes one message, all its frames, until the reader owns no buffer any more.</summary>
public class FrameReaderBenchmarks
{
    private const int Small = 95;
    private const int Large = 65_536;
    private const int Fragments = 256;
    private const int Segment = 1447; // odd, so that the mask's phase changes at every border

    private readonly MessageReader _reader = new(new MessageLimits(Large, Fragments));
    private readonly ReadOnlySequence<byte> _small = Whole(ClientFrame.Encode(Opcode.Text, Letters(Small)));
    private readonly ReadOnlySequence<byte> _large = Whole(ClientFrame.Encode(Opcode.Binary, new byte[Large]));
    private readonly ReadOnlySequence<byte> _largeText = Whole(ClientFrame.Encode(Opcode.Text, Letters(Large)));

    private readonly ReadOnlySequence<byte> _inBytes = Sequences.Split(ClientFrame.Encode(Opcode.Text, Letters(Small)), 1);
    private readonly ReadOnlySequence<byte>[] _byteByByte = [.. ClientFrame.Encode(Opcode.Text, Letters(Small)).Select(one => Whole([one]))];
    private readonly ReadOnlySequence<byte> _unaligned = Sequences.Split(ClientFrame.Encode(Opcode.Binary, new byte[Large]), Segment);
    private readonly ReadOnlySequence<byte> _wideText = Sequences.Split(ClientFrame.Encode(Opcode.Text, Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("😀", Large / 4)))), Segment);
    private readonly ReadOnlySequence<byte> _fragments = Whole(Fragmented([]));
    private readonly ReadOnlySequence<byte> _pings = Whole(Fragmented(ClientFrame.Encode(Opcode.Ping, Letters(125))));

    [Benchmark(Description = "read a text frame of 95 bytes")]
    public int SmallText() => Read(_small);

    [Adverse(nameof(SmallText))]
    [Benchmark(Description = "the same in segments of 1 byte, an empty one between any two")]
    public int SegmentsOfOneByte() => Read(_inBytes);

    /// <summary>A call for each byte, as when each comes by itself. Nothing is taken before the header is whole, so its bytes come again with each call.</summary>
    [Adverse(nameof(SmallText))]
    [Benchmark(Description = "the same, whose bytes after the header come one by one")]
    public int ByteByByte()
    {
        var header = _small.Slice(0, 6);
        Advance(ref header, ReadStatus.NeedMore);
        for (var i = 6; i < _byteByByte.Length; i++)
        {
            var one = _byteByByte[i];
            Advance(ref one, i == _byteByByte.Length - 1 ? ReadStatus.Text : ReadStatus.NeedMore);
        }

        return Release();
    }

    [Benchmark(Description = "read a binary frame of 64 KiB")]
    public int LargeBinary() => Read(_large);

    [Adverse(nameof(LargeBinary))]
    [Benchmark(Description = "the same in segments of 1,447 bytes: no border is a border of the mask")]
    public int Unaligned() => Read(_unaligned);

    [Adverse(nameof(LargeBinary))]
    [Benchmark(Description = "the same in 256 fragments")]
    public int ManyFragments() => Read(_fragments);

    [Adverse(nameof(LargeBinary))]
    [Benchmark(Description = "the same in 256 fragments, a ping of 125 bytes before each")]
    public int ControlFramesBetween() => Read(_pings);

    [Benchmark(Description = "read a text frame of 64 KiB, ASCII")]
    public int LargeText() => Read(_largeText);

    [Adverse(nameof(LargeText))]
    [Benchmark(Description = "the same, characters of 4 bytes, segments of 1,447 bytes")]
    public int WideText() => Read(_wideText);

    private int Read(ReadOnlySequence<byte> input)
    {
        ReadStatus status;
        while ((status = _reader.Read(ref input)) == ReadStatus.Ping)
        {
            _reader.Release();
        }

        return status is ReadStatus.Text or ReadStatus.Binary && input.IsEmpty ? Release() : throw new InvalidOperationException($"{status}");
    }

    private void Advance(ref ReadOnlySequence<byte> input, ReadStatus expected)
    {
        if (_reader.Read(ref input) is var status && status != expected)
        {
            throw new InvalidOperationException($"{status}");
        }
    }

    private int Release()
    {
        var length = _reader.Payload.Length;
        _reader.Release();
        return length;
    }

    private static byte[] Fragmented(byte[] between) =>
    [
        .. Enumerable.Range(0, Fragments).SelectMany(i => (byte[])
        [
            .. between,
            .. ClientFrame.Encode(i == 0 ? Opcode.Binary : Opcode.Continuation, new byte[Large / Fragments], fin: i == Fragments - 1),
        ]),
    ];

    private static byte[] Letters(int count) => Encoding.ASCII.GetBytes(new string('x', count));

    private static ReadOnlySequence<byte> Whole(byte[] bytes) => new(bytes);
}
