using System.Text;
using BenchmarkDotNet.Attributes;
using WsCore.Benchmarks.Running;
using WsCore.Protocol;

namespace WsCore.Benchmarks;

/// <summary>From the bytes of a message to an envelope. One operation reads one message that is there as a whole; nothing of it is kept.</summary>
public class EnvelopeReaderBenchmarks
{
    private readonly byte[] _broadcast = Utf8("""{"type":"broadcast","id":"17","room":"chat:1","event":"line","payload":{"text":"hello, world"}}""");
    private readonly byte[] _join = Utf8("""{"type":"join","id":"17","room":"chat:1","since":{"epoch":"0123456789abcdef","seq":1234}}""");

    private readonly byte[] _unknown = WithUnknown(i => $"{new string('x', 96)}{i:D4}");
    private readonly byte[] _escapedUnknown = WithUnknown(i => $"{string.Concat(Enumerable.Repeat("\\u0078", 16))}{i:D4}");
    private readonly byte[] _escaped = Utf8($$"""{"type":"broadcast","id":"{{Escapes(64)}}","room":"{{Escapes(127)}}","event":"{{Escapes(64)}}","key":"{{Escapes(64)}}","once":"{{Escapes(64)}}","payload":1}""");
    private readonly byte[] _deep = Utf8($$"""{"type":"broadcast","room":"a","payload":[{{string.Join(',', Enumerable.Repeat(new string('[', 30) + new string(']', 30), 1000))}}]}""");
    private readonly byte[] _manyRooms = Utf8($$"""{"type":"join","id":"17","rooms":[{{string.Join(',', Enumerable.Range(0, 128).Select(RoomEntry))}}]}""");

    [Benchmark(Description = "read a `broadcast` of 95 bytes")]
    public bool Broadcast() => Read(_broadcast);

    /// <summary>Over the first eight the reader has to remember them in a set, to notice one that comes twice.</summary>
    [Adverse(nameof(Broadcast))]
    [Benchmark(Description = "a `broadcast` with 500 unknown fields, names of 100 bytes (53 kB)")]
    public bool UnknownFields() => Read(_unknown);

    [Adverse(nameof(Broadcast))]
    [Benchmark(Description = "a `broadcast` with 500 unknown fields, names of 100 bytes with 16 escapes (53 kB)")]
    public bool EscapedUnknownFields() => Read(_escapedUnknown);

    [Adverse(nameof(Broadcast))]
    [Benchmark(Description = "a `broadcast` whose id, room, event, key and `once` are as long as may be, and nothing but escapes (2.4 kB)")]
    public bool EscapedFields() => Read(_escaped);

    [Adverse(nameof(Broadcast))]
    [Benchmark(Description = "a `broadcast` whose payload is nested 31 deep, a thousand times (61 kB)")]
    public bool DeepPayload() => Read(_deep);

    [Benchmark(Description = "read a `join` of one room with `since`")]
    public bool Join() => Read(_join);

    [Adverse(nameof(Join))]
    [Benchmark(Description = "a `join` of 128 rooms with `since` and `state` (55 kB)")]
    public bool JoinManyRooms() => Read(_manyRooms);

    private static bool Read(byte[] message) =>
        EnvelopeReader.TryRead(message, EnvelopeLimits.Default, out _, out var fault) ? true : throw new InvalidOperationException(fault.Message);

    private static byte[] WithUnknown(Func<int, string> name) =>
        Utf8($$"""{{{string.Concat(Enumerable.Range(0, 500).Select(i => $"\"{name(i)}\":{i},"))}}"type":"broadcast","room":"chat:1","payload":1}""");

    private static string RoomEntry(int index) =>
        $$$"""{"room":"chat:{{{new string('r', 245)}}}{{{index:D3}}}","since":{"epoch":"0123456789abcdef","seq":{{{index}}}},"state":{"status":"{{{new string('s', 64)}}}"}}""";

    private static string Escapes(int count) => string.Concat(Enumerable.Repeat("\\u00fc", count));

    private static byte[] Utf8(string json) => Encoding.UTF8.GetBytes(json);
}
