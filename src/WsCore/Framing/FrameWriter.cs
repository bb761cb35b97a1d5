using System.Buffers.Binary;
using System.Text.Unicode;

namespace WsCore.Framing;

/// <summary>The sending half of RFC 6455 as a server: frames are never masked (section 5.1), lengths take their shortest form.</summary>
internal static class FrameWriter
{
    public const int MaxHeaderSize = 10;

    private const int MaxReasonBytes = HeaderRules.MaxControlPayload - sizeof(ushort);

    public static int HeaderSize(long payloadLength)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(payloadLength);
        return payloadLength <= 125 ? 2 : payloadLength <= ushort.MaxValue ? 4 : 10;
    }

    /// <summary>Writes the header to the front of <paramref name="destination"/> and returns its size.</summary>
    public static int WriteHeader(Span<byte> destination, Opcode opcode, long payloadLength, bool fin = true)
    {
        var size = HeaderSize(payloadLength);
        destination = destination[..size];
        destination[0] = (byte)((fin ? 0x80 : 0) | (byte)opcode);
        switch (size)
        {
            case 2:
                destination[1] = (byte)payloadLength;
                break;
            case 4:
                destination[1] = 126;
                BinaryPrimitives.WriteUInt16BigEndian(destination[2..], (ushort)payloadLength);
                break;
            default:
                destination[1] = 127;
                BinaryPrimitives.WriteInt64BigEndian(destination[2..], payloadLength);
                break;
        }

        return size;
    }

    /// <summary>A whole ping or pong frame, or a close frame with this payload. At most 125 bytes (section 5.5).</summary>
    public static byte[] Control(Opcode opcode, ReadOnlySpan<byte> payload)
    {
        if (!FrameHeader.IsControlOpcode(opcode))
        {
            throw new ArgumentOutOfRangeException(nameof(opcode), opcode, "Not the opcode of a control frame.");
        }

        ArgumentOutOfRangeException.ThrowIfGreaterThan(payload.Length, HeaderRules.MaxControlPayload, nameof(payload));
        var frame = new byte[2 + payload.Length];
        WriteHeader(frame, opcode, payload.Length);
        payload.CopyTo(frame.AsSpan(2));
        return frame;
    }

    /// <summary>
    /// A whole close frame (section 5.5.1). A reason over 123 bytes is cut between two characters; a lone surrogate in it becomes U+FFFD.
    /// </summary>
    /// <exception cref="ArgumentOutOfRangeException">The code must not appear in a close frame: 1005, 1006, 1015, unregistered ones.</exception>
    public static byte[] Close(ushort code, string? reason)
    {
        if (!CloseCodes.IsValidOnTheWire(code))
        {
            throw new ArgumentOutOfRangeException(nameof(code), code, "Not a code for a close frame.");
        }

        Span<byte> payload = stackalloc byte[sizeof(ushort) + MaxReasonBytes];
        BinaryPrimitives.WriteUInt16BigEndian(payload, code);
        Utf8.FromUtf16(reason, payload[sizeof(ushort)..], out _, out var written); // writes whole characters only
        return Control(Opcode.Close, payload[..(sizeof(ushort) + written)]);
    }
}
