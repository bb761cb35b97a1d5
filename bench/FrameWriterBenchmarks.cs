using BenchmarkDotNet.Attributes;
using WsCore.Benchmarks.Running;
using WsCore.Delivery;
using WsCore.Framing;

namespace WsCore.Benchmarks;

/// <summary>From a payload to the frame that all receivers share. One operation makes one frame; what is allocated is the frame.</summary>
public class FrameWriterBenchmarks
{
    private readonly byte[] _small = new byte[95];
    private readonly byte[] _large = new byte[65_536];
    private readonly byte[] _wire = new byte[FrameWriter.MaxHeaderSize];
    private readonly string _wide = "x" + string.Concat(Enumerable.Repeat("😀", 512)) + "\uD800";

    [Benchmark(Description = "write a header for 95 bytes")]
    public int Header() => FrameWriter.WriteHeader(_wire, Opcode.Text, _small.Length);

    [Adverse(nameof(Header))]
    [Benchmark(Description = "a header in its longest form")]
    public int LongestHeader() => FrameWriter.WriteHeader(_wire, Opcode.Text, _large.Length);

    [Benchmark(Description = "make a text frame of 95 bytes")]
    public object SmallFrame() => Frame.Text(_small);

    [Adverse(nameof(SmallFrame))]
    [Benchmark(Description = "a text frame of 64 KiB")]
    public object LargeFrame() => Frame.Text(_large);

    [Benchmark(Description = "make a close frame with a short reason")]
    public object CloseFrame() => FrameWriter.Close(CloseCodes.SlowReader, "The connection reads too slowly.");

    [Adverse(nameof(CloseFrame))]
    [Benchmark(Description = "a close frame whose reason is 2 kB of characters of 4 bytes and half a surrogate pair, to be cut at 123 bytes")]
    public object CutReason() => FrameWriter.Close(CloseCodes.SlowReader, _wide);
}
