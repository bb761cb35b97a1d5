using System.Text;
using BenchmarkDotNet.Attributes;
using WsCore.Protocol;

namespace WsCore.Benchmarks;

/// <summary>From the bytes of a message to an envelope.</summary>
public class EnvelopeReaderBenchmarks
{
    private readonly byte[] _small = Encoding.UTF8.GetBytes("""{"type":"broadcast","id":"17","room":"chat:1","event":"line","payload":{"text":"hello, world"}}""");
    private readonly byte[] _longNames;
    private readonly byte[] _deep;

    public EnvelopeReaderBenchmarks()
    {
        // 500 unknown fields with names of 100 characters, escaped ones in the room and event
        var unknown = string.Concat(Enumerable.Range(0, 500).Select(i => $"\"{new string('x', 96)}{i:D4}\":{i},"));
        _longNames = Encoding.UTF8.GetBytes($$"""{{{unknown}}"type":"broadcast","room":"chat:{{new string('ü', 100)}}","event":"\u00fc\n\"","payload":1}""");
        _deep = Encoding.UTF8.GetBytes($$"""{"type":"broadcast","room":"a","payload":[{{string.Join(',', Enumerable.Repeat(new string('[', 30) + new string(']', 30), 1000))}}]}""");
    }

    /// <summary>Broadcast, 95 bytes.</summary>
    [Benchmark]
    public bool Broadcast95Bytes() => Read(_small);

    /// <summary>500 unknown names of 100 characters, 53 kB.</summary>
    [Benchmark]
    public bool UnknownNames500In53kB() => Read(_longNames);

    /// <summary>Payload nested 31 deep, 61 kB.</summary>
    [Benchmark]
    public bool PayloadNested31DeepIn61kB() => Read(_deep);

    private static bool Read(byte[] message) =>
        EnvelopeReader.TryRead(message, EnvelopeLimits.Default, out _, out var fault) ? true : throw new InvalidOperationException(fault.Message);
}
