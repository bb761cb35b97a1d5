using System.Buffers;
using BenchmarkDotNet.Attributes;
using WsCore.Framing;
using WsCore.TestKit.Framing;

namespace WsCore.Benchmarks;

/// <summary>From the bytes of a stream to a message.</summary>
public class MessageReaderBenchmarks
{
    private readonly MessageReader _reader = new(new MessageLimits(65_536, 256));
    private readonly byte[] _small = ClientFrame.Encode(Opcode.Text, new byte[95].AsSpan(), mask: 0x37FA213D);
    private readonly byte[] _large = ClientFrame.Encode(Opcode.Binary, new byte[65_536]);

    /// <summary>Text frame of 95 bytes.</summary>
    [Benchmark]
    public int TextFrame95Bytes() => Read(_small);

    /// <summary>Binary frame of 64 KiB.</summary>
    [Benchmark]
    public int BinaryFrame64KiB() => Read(_large);

    private int Read(byte[] bytes)
    {
        var input = new ReadOnlySequence<byte>(bytes);
        var status = _reader.Read(ref input);
        var length = status is ReadStatus.Text or ReadStatus.Binary ? _reader.Payload.Length : throw new InvalidOperationException($"{status}");
        _reader.Release();
        return length;
    }
}
