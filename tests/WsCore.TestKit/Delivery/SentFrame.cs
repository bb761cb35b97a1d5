using System.Buffers.Binary;
using System.Text;
using WsCore.Framing;

namespace WsCore.TestKit.Delivery;

/// <summary>A frame that the server wrote.</summary>
internal sealed record SentFrame(Opcode Opcode, byte[] Payload)
{
    public bool IsText => Opcode == Opcode.Text;

    public string Text => Encoding.UTF8.GetString(Payload);

    /// <summary>The code of a close frame; 1005 where it has none.</summary>
    public ushort CloseCode => Payload.Length >= 2 ? BinaryPrimitives.ReadUInt16BigEndian(Payload) : CloseCodes.NoStatus;

    /// <summary>Whole, unmasked, unfragmented frames; anything else throws.</summary>
    public static List<SentFrame> Parse(ReadOnlySpan<byte> wire)
    {
        var frames = new List<SentFrame>();
        while (!wire.IsEmpty)
        {
            if ((wire[0] & 0xF0) != 0x80 || (wire[1] & 0x80) != 0)
            {
                throw new FormatException($"Not a whole frame of a server: {wire[0]:x2} {wire[1]:x2}");
            }

            var (header, length) = (wire[1] & 0x7F) switch
            {
                126 => (4, BinaryPrimitives.ReadUInt16BigEndian(wire[2..])),
                127 => (10, checked((int)BinaryPrimitives.ReadInt64BigEndian(wire[2..]))),
                var small => (2, small),
            };
            frames.Add(new SentFrame((Opcode)(wire[0] & 0x0F), wire.Slice(header, length).ToArray()));
            wire = wire[(header + length)..];
        }

        return frames;
    }
}
