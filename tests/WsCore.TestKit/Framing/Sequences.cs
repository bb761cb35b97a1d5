using System.Buffers;

namespace WsCore.TestKit.Framing;

/// <summary>Bytes as a pipe would show them: in segments, some of which may be empty.</summary>
internal static class Sequences
{
    public static ReadOnlySequence<byte> Of(params byte[][] segments)
    {
        var first = new Segment(segments[0], null);
        var last = first;
        foreach (var bytes in segments.Skip(1))
        {
            last = new Segment(bytes, last);
        }

        return new ReadOnlySequence<byte>(first, 0, last, last.Memory.Length);
    }

    /// <summary>Segments of this size, an empty one before each.</summary>
    public static ReadOnlySequence<byte> Split(byte[] bytes, int segmentSize) =>
        Of([.. bytes.Chunk(segmentSize).SelectMany(chunk => new[] { [], chunk }), []]);

    private sealed class Segment : ReadOnlySequenceSegment<byte>
    {
        public Segment(byte[] bytes, Segment? previous)
        {
            Memory = bytes;
            if (previous is not null)
            {
                RunningIndex = previous.RunningIndex + previous.Memory.Length;
                previous.Next = this;
            }
        }
    }
}
