using System.IO.Compression;

namespace WsCore.TestKit.Net;

/// <summary>The payload transformation of permessage-deflate without context take-over (RFC 7692 §7.2).</summary>
internal static class RawDeflate
{
    private static ReadOnlySpan<byte> Tail => [0x00, 0x00, 0xFF, 0xFF];

    /// <summary>To be sent with RSV1 (<c>rsv: 4</c>) on the first frame of the message.</summary>
    public static byte[] Compress(ReadOnlySpan<byte> message)
    {
        if (message.IsEmpty)
        {
            return [0x00]; // RFC 7692 §7.2.3.6; the stream's flush writes nothing when nothing was written
        }

        using var output = new MemoryStream();
        using var deflate = new DeflateStream(output, CompressionLevel.Optimal, leaveOpen: true);
        deflate.Write(message);
        deflate.Flush(); // a sync flush: ends in the empty block whose last four bytes are left out
        return output.ToArray()[..^Tail.Length];
    }

    /// <summary>The message, from the payload of all its frames put together.</summary>
    public static byte[] Decompress(ReadOnlySpan<byte> payload)
    {
        using var input = new MemoryStream([.. payload, .. Tail]);
        using var inflate = new DeflateStream(input, CompressionMode.Decompress);
        using var output = new MemoryStream();
        inflate.CopyTo(output);
        return output.ToArray();
    }
}
