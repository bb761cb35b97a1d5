using System.Buffers.Binary;
using System.Text;
using WsCore.Framing;

namespace WsCore.TestKit.Framing;

/// <summary>
/// Frames as a client sends them, and as it must not: an encoder of its own, byte by byte from RFC 6455 section 5.2, that shares
/// nothing with the code under test.
/// </summary>
internal static class ClientFrame
{
    public const uint DefaultMask = 0x37FA213D;

    /// <summary>The highest byte of mask is the first of the key on the wire; bit 2 of rsv is RSV1, bit 0 is RSV3.</summary>
    public static byte[] Encode(
        Opcode opcode,
        ReadOnlySpan<byte> payload,
        bool fin = true,
        uint mask = DefaultMask,
        bool masked = true,
        byte rsv = 0,
        LengthForm lengthForm = LengthForm.Shortest)
    {
        var header = Header(opcode, payload.Length, fin, mask, masked, rsv, lengthForm);
        var frame = new byte[header.Length + payload.Length];
        header.CopyTo(frame, 0);
        for (var i = 0; i < payload.Length; i++)
        {
            var key = masked ? (byte)(mask >> (24 - (8 * (i % 4)))) : (byte)0;
            frame[header.Length + i] = (byte)(payload[i] ^ key);
        }

        return frame;
    }

    public static byte[] Text(string text, bool fin = true) => Encode(Opcode.Text, Encoding.UTF8.GetBytes(text), fin);

    public static byte[] Close(ushort code, string reason = "")
    {
        byte[] payload = [(byte)(code >> 8), (byte)code, .. Encoding.UTF8.GetBytes(reason)];
        return Encode(Opcode.Close, payload);
    }

    /// <summary>A header alone, for a payload that does not follow, or not yet.</summary>
    public static byte[] Header(
        Opcode opcode,
        long length,
        bool fin = true,
        uint mask = DefaultMask,
        bool masked = true,
        byte rsv = 0,
        LengthForm lengthForm = LengthForm.Shortest)
    {
        var bytes = new List<byte> { (byte)((fin ? 0x80 : 0) | (rsv << 4) | (byte)opcode) };
        var maskBit = masked ? 0x80 : 0;
        if (lengthForm == LengthForm.Shortest)
        {
            lengthForm = length > ushort.MaxValue ? LengthForm.Bits64 : length > 125 ? LengthForm.Bits16 : lengthForm;
        }

        switch (lengthForm)
        {
            case LengthForm.Bits16:
                bytes.Add((byte)(maskBit | 126));
                bytes.AddRange([(byte)(length >> 8), (byte)length]);
                break;
            case LengthForm.Bits64:
                bytes.Add((byte)(maskBit | 127));
                var wide = new byte[8];
                BinaryPrimitives.WriteInt64BigEndian(wide, length);
                bytes.AddRange(wide);
                break;
            default:
                bytes.Add((byte)(maskBit | (int)length));
                break;
        }

        if (masked)
        {
            bytes.AddRange([(byte)(mask >> 24), (byte)(mask >> 16), (byte)(mask >> 8), (byte)mask]);
        }

        return [.. bytes];
    }
}
