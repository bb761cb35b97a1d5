using BenchmarkDotNet.Attributes;
using WsCore.Protocol;

namespace WsCore.Benchmarks;

/// <summary>Writing the message that all receivers get.</summary>
public class MessageEnvelopeBenchmarks
{
    private readonly byte[] _room = "chat:1"u8.ToArray();
    private readonly byte[] _from = EnvelopeWriter.FromJson("u1", "AAAAAAAAAAAAAAAA");
    private readonly byte[] _payload = """{"text":"hello, world"}"""u8.ToArray();
    private readonly byte[] _frame = new byte[512];

    /// <summary>Message into a frame that is there.</summary>
    [Benchmark]
    public int WriteMessage()
    {
        var message = new MessageEnvelope { JsonRoom = _room, FromJson = _from, RawEvent = "line"u8, Time = 1_700_000_000_000, Payload = _payload };
        var length = message.Length;
        message.Write(_frame.AsSpan(0, length));
        return length;
    }
}
