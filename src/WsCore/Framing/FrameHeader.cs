using System.Buffers;
using System.Buffers.Binary;

namespace WsCore.Framing;

/// <summary>
/// What comes before the payload of a frame (RFC 6455 section 5.2). Byte i of the masking key is <c>Mask &gt;&gt; 8 * i</c>, see
/// <see cref="Masking"/>; it is 0 where the frame is not masked. Size is that of the header itself, key included: 2 to 14.
/// </summary>
internal readonly record struct FrameHeader(bool Fin, Opcode Opcode, bool Masked, uint Mask, long PayloadLength, int Size)
{
    //   0                   1                   2                   3
    //   0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1 2 3 4 5 6 7 8 9 0 1
    //  +-+-+-+-+-------+-+-------------+-------------------------------+
    //  |F|R|R|R| opcode|M| Payload len |    Extended payload length    |
    //  |I|S|S|S|  (4)  |A|     (7)     |             (16/64)           |
    //  |N|V|V|V|       |S|             |   (if payload len==126/127)   |
    //  | |1|2|3|       |K|             |                               |
    //  +-+-+-+-+-------+-+-------------+ - - - - - - - - - - - - - - - +
    //  |     Extended payload length continued, if payload len == 127  |
    //  + - - - - - - - - - - - - - - - +-------------------------------+
    //  |                               |Masking-key, if MASK set to 1  |
    //  +-------------------------------+-------------------------------+
    //  | Masking-key (continued)       |          Payload Data         |
    //  +-------------------------------- - - - - - - - - - - - - - - - +

    public const int MaxSize = 14;

    public bool IsControl => IsControlOpcode(Opcode);

    public static bool IsControlOpcode(Opcode opcode) => ((byte)opcode & 0x8) != 0;

    /// <summary>
    /// Reads the header at the front of <paramref name="input"/> and holds it against every rule that a header can break by itself.
    /// A broken rule is reported as soon as the byte that breaks it is there, so that a peer who then goes silent is not waited for.
    /// </summary>
    public static HeaderStatus TryRead(in ReadOnlySequence<byte> input, out FrameHeader header, out FrameFault fault)
    {
        var bytes = input.FirstSpan;
        return bytes.Length >= MaxSize || input.IsSingleSegment
            ? Parse(bytes, out header, out fault)
            : Parse(Gather(input, stackalloc byte[MaxSize]), out header, out fault);
    }

    /// <summary>
    /// Reads the header without any check, to find where the frame ends. <see cref="HeaderStatus.Fault"/> means that it cannot be
    /// found: the length has its top bit set.
    /// </summary>
    public static HeaderStatus TrySkim(in ReadOnlySequence<byte> input, out FrameHeader header) =>
        Decode(Gather(input, stackalloc byte[MaxSize]), out header);

    private static ReadOnlySpan<byte> Gather(scoped in ReadOnlySequence<byte> input, Span<byte> destination)
    {
        var front = input.Slice(0, Math.Min(input.Length, destination.Length));
        front.CopyTo(destination);
        return destination[..(int)front.Length];
    }

    private static HeaderStatus Parse(ReadOnlySpan<byte> bytes, out FrameHeader header, out FrameFault fault)
    {
        if (HeaderRules.Broken(bytes, out fault))
        {
            header = default;
            return HeaderStatus.Fault;
        }

        return Decode(bytes, out header);
    }

    private static HeaderStatus Decode(ReadOnlySpan<byte> bytes, out FrameHeader header)
    {
        header = default;
        if (bytes.Length < 2)
        {
            return HeaderStatus.NeedMore;
        }

        var masked = (bytes[1] & 0x80) != 0;
        long length = bytes[1] & 0x7F;
        var keyAt = length switch { 126 => 4, 127 => 10, _ => 2 };
        var size = masked ? keyAt + 4 : keyAt;
        if (bytes.Length < size)
        {
            return HeaderStatus.NeedMore;
        }

        if (keyAt == 4)
        {
            length = BinaryPrimitives.ReadUInt16BigEndian(bytes[2..]);
        }
        else if (keyAt == 10)
        {
            length = BinaryPrimitives.ReadInt64BigEndian(bytes[2..]);
            if (length < 0)
            {
                return HeaderStatus.Fault;
            }
        }

        var mask = masked ? BinaryPrimitives.ReadUInt32LittleEndian(bytes[keyAt..]) : 0;
        header = new FrameHeader((bytes[0] & 0x80) != 0, (Opcode)(bytes[0] & 0x0F), masked, mask, length, size);
        return HeaderStatus.Complete;
    }
}
