using System.Buffers.Binary;
using System.Diagnostics.CodeAnalysis;
using System.Security.Cryptography;
using System.Text;

namespace WsCore.Redis.Bus;

/// <summary>Writes and reads envelopes: version 1.</summary>
/// <remarks>
/// Thread-safe. Whole numbers are big-endian:
/// <code>
/// preamble   u8 length, bytes     in front of what is authenticated; a script writes it
/// version    u8 = 1
/// kind       u8
/// flags      u8
/// node       u8 length, bytes
/// target     u16 length, bytes
/// id         16 bytes
/// epoch      u8 length, bytes
/// slot       u32 offset, u8 width
/// key        u16 length, bytes
/// payload    everything up to the last 16 bytes
/// mac        the first 16 bytes of HMAC-SHA-256 over everything from the version on
/// </code>
/// Who can write to Redis can repeat an envelope and choose preambles, which are Redis' business, but cannot make a message, nor bring one to another room.
/// </remarks>
internal sealed class BusCodec(byte[] key)
{
    private const byte Version = 1;
    private const int MacLength = 16;
    private const int Fixed = 3 + 1 + 2 + 16 + 1 + 5 + 2;

    /// <summary>The envelope with an empty preamble: as it is published without a script.</summary>
    public byte[] Write(in BusEnvelope envelope) => Write(envelope, withPreamble: true);

    /// <summary>The envelope alone, for a script that puts a preamble in front: one byte of its length, and itself.</summary>
    public byte[] WriteBare(in BusEnvelope envelope) => Write(envelope, withPreamble: false);

    /// <summary>False: it is not of this version, damaged, or not made by a node that has the key.</summary>
    public bool TryRead(ReadOnlyMemory<byte> bytes, out BusEnvelope envelope)
    {
        envelope = default;
        if (bytes.Length < 1 || bytes.Length < 1 + bytes.Span[0] + Fixed + MacLength)
        {
            return false;
        }

        var preamble = bytes.Slice(1, bytes.Span[0]);
        return TryReadBare(bytes[(1 + preamble.Length)..], out envelope) && With(ref envelope, preamble);
    }

    /// <summary>What <see cref="WriteBare"/> wrote.</summary>
    public bool TryReadBare(ReadOnlyMemory<byte> bytes, out BusEnvelope envelope)
    {
        envelope = default;
        if (bytes.Length < Fixed + MacLength || bytes.Span[0] != Version)
        {
            return false;
        }

        var signed = bytes[..^MacLength];
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, signed.Span, mac);
        return CryptographicOperations.FixedTimeEquals(mac[..MacLength], bytes.Span[^MacLength..]) && TryParse(signed, out envelope);
    }

    /// <summary>Whether it says of itself that it is a plain message of that node. Not authenticated, which is good enough for ignoring it: a node that publishes much need not check what it made itself.</summary>
    public static bool ClaimsToBeMessageOf(ReadOnlySpan<byte> bytes, ReadOnlySpan<byte> node)
    {
        var bare = bytes.Length > 0 && bytes.Length > bytes[0] ? bytes[(1 + bytes[0])..] : default;
        return bare.Length >= Fixed + node.Length && bare[1] == (byte)BusKind.Message && bare[3] == node.Length && bare.Slice(4, node.Length).SequenceEqual(node);
    }

    private static bool With(ref BusEnvelope envelope, ReadOnlyMemory<byte> preamble)
    {
        envelope = envelope with { Preamble = preamble };
        return true;
    }

    private byte[] Write(in BusEnvelope envelope, bool withPreamble)
    {
        var (node, epoch) = (envelope.Node, envelope.Epoch ?? "");
        var length = Fixed + node.Length + envelope.Target.Length + epoch.Length + envelope.Key.Length + envelope.Payload.Length + MacLength;
        var bytes = new byte[length + (withPreamble ? 1 : 0)];
        var bare = withPreamble ? bytes.AsSpan(1) : bytes;
        var rest = bare;
        rest[0] = Version;
        rest[1] = (byte)envelope.Kind;
        rest[2] = (byte)envelope.Flags;
        rest[3] = checked((byte)node.Length);
        rest = rest[4..];
        rest = rest[Encoding.ASCII.GetBytes(node, rest)..];
        BinaryPrimitives.WriteUInt16BigEndian(rest, checked((ushort)envelope.Target.Length));
        envelope.Target.Span.CopyTo(rest[2..]);
        rest = rest[(2 + envelope.Target.Length)..];
        BinaryPrimitives.WriteUInt128BigEndian(rest, envelope.Id);
        rest = rest[16..];
        rest[0] = checked((byte)epoch.Length);
        rest = rest[(1 + Encoding.ASCII.GetBytes(epoch, rest[1..]))..];
        BinaryPrimitives.WriteUInt32BigEndian(rest, (uint)envelope.SlotOffset);
        rest[4] = checked((byte)envelope.SlotWidth);
        BinaryPrimitives.WriteUInt16BigEndian(rest[5..], checked((ushort)envelope.Key.Length));
        envelope.Key.Span.CopyTo(rest[7..]);
        envelope.Payload.Span.CopyTo(rest[(7 + envelope.Key.Length)..]);
        Span<byte> mac = stackalloc byte[HMACSHA256.HashSizeInBytes];
        HMACSHA256.HashData(key, bare[..^MacLength], mac);
        mac[..MacLength].CopyTo(bare[^MacLength..]);
        return bytes;
    }

    // It was made by one of us, so lengths that do not fit are a fault of ours; they are refused all the same.
    [SuppressMessage("Style", "IDE0059", Justification = "The reader is a cursor.")]
    private static bool TryParse(ReadOnlyMemory<byte> signed, out BusEnvelope envelope)
    {
        envelope = default;
        var reader = new ByteReader(signed[3..]);
        if (!reader.TryTake8(out var node) || !reader.TryTake16(out var target) || !reader.TryTake(16, out var id) || !reader.TryTake8(out var epoch)
            || !reader.TryTake(5, out var slot) || !reader.TryTake16(out var key))
        {
            return false;
        }

        envelope = new BusEnvelope
        {
            Kind = (BusKind)signed.Span[1],
            Flags = (BusFlags)signed.Span[2],
            Node = Encoding.ASCII.GetString(node.Span),
            Target = target,
            Id = BinaryPrimitives.ReadUInt128BigEndian(id.Span),
            Epoch = Encoding.ASCII.GetString(epoch.Span),
            SlotOffset = (int)BinaryPrimitives.ReadUInt32BigEndian(slot.Span),
            SlotWidth = slot.Span[4],
            Key = key,
            Payload = reader.Rest,
        };
        return envelope.SlotOffset >= 0 && (long)envelope.SlotOffset + envelope.SlotWidth <= envelope.Payload.Length;
    }
}
