using System.Text;
using BenchmarkDotNet.Attributes;
using WsCore.Benchmarks.Running;
using WsCore.Buffers;
using WsCore.Protocol;

namespace WsCore.Benchmarks;

/// <summary>What the server says. One operation writes one envelope into memory that is there; the frame around it is in <see cref="FrameWriterBenchmarks"/>.</summary>
public class EnvelopeWriterBenchmarks
{
    private const int MostRooms = 128;

    private static readonly string Sentence = string.Concat(Enumerable.Repeat("\"ü😀\"\n", 32));

    private readonly byte[] _from = EnvelopeWriter.FromJson("u1", "AAAAAAAAAAAAAAAA");
    private readonly byte[] _longFrom = EnvelopeWriter.FromJson(new string('"', 250), "AAAAAAAAAAAAAAAA");
    private readonly byte[] _longRoom = JsonText.Encode(Encoding.UTF8.GetBytes(new string('"', 255)));
    private readonly byte[] _longEvent = Encoding.UTF8.GetBytes(string.Concat(Enumerable.Repeat("\\u00fc", 64)));
    private readonly byte[] _payload = """{"text":"hello, world"}"""u8.ToArray();
    private readonly byte[] _largePayload = Encoding.UTF8.GetBytes($"\"{new string('p', 65_000)}\"");
    private readonly byte[] _frame = new byte[70_000];
    private readonly PooledBufferWriter _writer = new();

    [Benchmark(Description = "write a `message` of 136 bytes")]
    public int Message() =>
        Write(new MessageEnvelope { JsonRoom = "chat:1"u8, FromJson = _from, RawEvent = "line"u8, Time = 1_700_000_000_000, Payload = _payload });

    /// <summary>The escapes were made when room and connection were: here they are copied.</summary>
    [Adverse(nameof(Message))]
    [Benchmark(Description = "a `message` whose room, user, event and key are as long as may be, and nothing but escapes (1.9 kB)")]
    public int LongMessage() => Write(new MessageEnvelope
    {
        JsonRoom = _longRoom, FromJson = _longFrom, RawEvent = _longEvent, RawKey = _longEvent, RawEpoch = "0123456789abcdef"u8, SeqDigits = 19,
        RawAck = "0123456789abcdef0123456789abcdef"u8, Time = 1_700_000_000_000, Payload = _payload,
    });

    [Adverse(nameof(Message))]
    [Benchmark(Description = "a `message` with a payload of 65 kB")]
    public int LargeMessage() =>
        Write(new MessageEnvelope { JsonRoom = "chat:1"u8, FromJson = _from, RawEvent = "line"u8, Time = 1_700_000_000_000, Payload = _largePayload });

    [Benchmark(Description = "write an `ack` with a position")]
    public int Ack()
    {
        _writer.Clear();
        var ack = AckWriter.Begin(_writer, "17"u8);
        ack.Room("chat:1"u8);
        ack.Position("0123456789abcdef", 1234);
        ack.End();
        return _writer.WrittenCount;
    }

    [Adverse(nameof(Ack))]
    [Benchmark(Description = "an `ack` with 128 results, each a refusal of 192 characters that need escapes")]
    public int AckOfManyRooms()
    {
        _writer.Clear();
        var ack = AckWriter.Begin(_writer, "17"u8);
        ack.BeginResults();
        for (var i = 0; i < MostRooms; i++)
        {
            ack.BeginResult();
            ack.Room(_longRoom);
            ack.Refused(ErrorCodes.Forbidden, Sentence);
            ack.EndResult();
        }

        ack.EndResults();
        ack.End();
        return _writer.WrittenCount;
    }

    [GlobalCleanup]
    public void CleanUp() => _writer.Dispose();

    private int Write(in MessageEnvelope message)
    {
        var length = message.Length;
        message.Write(_frame.AsSpan(0, length));
        return length;
    }
}
