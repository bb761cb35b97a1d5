using System.Buffers.Binary;
using System.Runtime.InteropServices;

namespace WsCore.LoadTests.Raw;

/// <summary>The frames of RFC 6455 §5.2 as a client reads and writes them; pure.</summary>
internal static class RawFrames
{
    public const int Continuation = 0;
    public const int Text = 1;
    public const int Binary = 2;
    public const int Close = 8;
    public const int Ping = 9;
    public const int Pong = 10;

    /// <summary>What a frame takes besides its payload, at most.</summary>
    public const int MaxOverhead = 14;

    /// <summary>Reads one frame of a server, which does not mask; false where it is not all there.</summary>
    public static bool TryRead(ReadOnlySpan<byte> bytes, out int opcode, out ReadOnlySpan<byte> payload, out int consumed)
    {
        opcode = 0;
        payload = default;
        consumed = 0;
        if (bytes.Length < 2)
        {
            return false;
        }

        var (head, length) = (2, (long)(bytes[1] & 0x7F));
        if (length == 126)
        {
            head = 4;
            length = bytes.Length < head ? long.MaxValue : BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        }
        else if (length == 127)
        {
            head = 10;
            length = bytes.Length < head ? long.MaxValue : BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
        }

        if (bytes.Length - head < length)
        {
            return false;
        }

        opcode = bytes[0] & 0x0F;
        payload = bytes.Slice(head, (int)length);
        consumed = head + (int)length;
        return true;
    }

    /// <summary>Writes one whole frame, masked; its length.</summary>
    /// <param name="target">At least <see cref="MaxOverhead"/> larger than the payload.</param>
    /// <param name="opcode">Which kind.</param>
    /// <param name="payload">What it carries.</param>
    /// <param name="mask">Another for each frame (RFC 6455 §5.3).</param>
    public static int Write(Span<byte> target, int opcode, ReadOnlySpan<byte> payload, uint mask)
    {
        target[0] = (byte)(0x80 | opcode);
        var head = 2;
        if (payload.Length < 126)
        {
            target[1] = (byte)(0x80 | payload.Length);
        }
        else if (payload.Length <= ushort.MaxValue)
        {
            target[1] = 0x80 | 126;
            BinaryPrimitives.WriteUInt16BigEndian(target[2..], (ushort)payload.Length);
            head = 4;
        }
        else
        {
            target[1] = 0x80 | 127;
            BinaryPrimitives.WriteInt64BigEndian(target[2..], payload.Length);
            head = 10;
        }

        MemoryMarshal.Write(target[head..], mask);
        head += 4;
        Mask(payload, target.Slice(head, payload.Length), mask);
        return head + payload.Length;
    }

    private static void Mask(ReadOnlySpan<byte> from, Span<byte> to, uint mask)
    {
        var wide = ((ulong)mask << 32) | mask;
        while (from.Length >= sizeof(ulong))
        {
            MemoryMarshal.Write(to, MemoryMarshal.Read<ulong>(from) ^ wide);
            from = from[sizeof(ulong)..];
            to = to[sizeof(ulong)..];
        }

        for (var i = 0; i < from.Length; i++)
        {
            to[i] = (byte)(from[i] ^ (byte)(wide >> (8 * i)));
        }
    }
}
