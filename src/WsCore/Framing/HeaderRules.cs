using System.Buffers.Binary;

namespace WsCore.Framing;

/// <summary>The rules that a client's frame header can break by itself, looked at in the order of its bytes.</summary>
internal static class HeaderRules
{
    public const int MaxControlPayload = 125;

    /// <summary>Looks at the bytes of the header that are there: at most the first that breaks a rule is reported.</summary>
    public static bool Broken(ReadOnlySpan<byte> bytes, out FrameFault fault)
    {
        var reason = FirstBroken(bytes);
        fault = reason is null ? default : new FrameFault(CloseCodes.ProtocolError, reason);
        return reason is not null;
    }

    private static string? FirstBroken(ReadOnlySpan<byte> bytes)
    {
        if (bytes.IsEmpty)
        {
            return null;
        }

        // Section 5.2: RSV1-3 must be 0 unless an extension that was negotiated gives them a meaning.
        if ((bytes[0] & 0x70) != 0)
        {
            return "reserved bits must be 0";
        }

        var opcode = (Opcode)(bytes[0] & 0x0F);
        if (opcode is not (<= Opcode.Binary or (>= Opcode.Close and <= Opcode.Pong)))
        {
            return "reserved opcode";
        }

        // Section 5.5: control frames are whole and short.
        var control = FrameHeader.IsControlOpcode(opcode);
        if (control && (bytes[0] & 0x80) == 0)
        {
            return "control frames must not be fragmented";
        }

        if (bytes.Length < 2)
        {
            return null;
        }

        // Section 5.1: a server must close when it gets a frame that is not masked.
        if ((bytes[1] & 0x80) == 0)
        {
            return "client frames must be masked";
        }

        var length = bytes[1] & 0x7F;
        if (control && length > MaxControlPayload)
        {
            return "control frame payload over 125 bytes";
        }

        // Section 5.2: the shortest form of a length must be used, and the top bit of the longest is 0.
        return length switch
        {
            126 when bytes.Length >= 4 && BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]) < 126 => "payload length not in its shortest form",
            127 when bytes.Length >= 3 && (bytes[2] & 0x80) != 0 => "payload length with its top bit set",
            127 when bytes.Length >= 10 && BinaryPrimitives.ReadUInt64BigEndian(bytes[2..]) <= ushort.MaxValue => "payload length not in its shortest form",
            _ => null,
        };
    }
}
