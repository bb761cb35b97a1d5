using System.Buffers.Binary;
using System.Buffers.Text;
using WsCore.Delivery;

namespace WsCore.BusBenchmark;

/// <summary>Takes everything, counts the frames, and tells each with the moment that its payload says it was sent at.</summary>
/// <remarks>Written to by one lane at a time.</remarks>
internal sealed class LatencyOutput(Action<long?> received) : IOutput
{
    public ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        var rest = frames.Span;
        while (!rest.IsEmpty)
        {
            var (header, length) = (rest[1] & 0x7f) switch
            {
                126 => (4, BinaryPrimitives.ReadUInt16BigEndian(rest[2..])),
                127 => (10, checked((int)BinaryPrimitives.ReadUInt64BigEndian(rest[2..]))),
                var small => (2, small),
            };
            var text = rest.Slice(header, length);
            var at = text.IndexOf("{\"at\":"u8);
            received(at >= 0 && Utf8Parser.TryParse(text[(at + 6)..], out long sent, out _) ? sent : null);
            rest = rest[(header + length)..];
        }

        return default;
    }

    public void Abort()
    {
    }
}
