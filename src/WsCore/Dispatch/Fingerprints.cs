using System.Buffers.Binary;
using System.Security.Cryptography;
using System.Text;
using WsCore.Protocol;
using WsCore.Reliability;

namespace WsCore.Dispatch;

/// <summary>Tells requests with the same <c>once</c> apart by what they ask for.</summary>
internal static class Fingerprints
{
    /// <summary>Over everything that decides the effect; the request's id, which a client may choose anew, does not.</summary>
    public static Fingerprint Of(in Envelope envelope)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        Span<byte> flags = [(byte)envelope.Type, (byte)envelope.PayloadKind, Bit(envelope.Echo), Bit(envelope.Ephemeral), Bit(envelope.Reliable), Bit(envelope.HasRooms)];
        hash.AppendData(flags);
        foreach (var room in envelope.HasRooms ? envelope.Rooms! : [envelope.Room])
        {
            Add(hash, room.Name.Span);
        }

        Add(hash, envelope.To.Span);
        Add(hash, envelope.Method is null ? default : Encoding.UTF8.GetBytes(envelope.Method));
        Add(hash, envelope.Event.Span);
        Add(hash, envelope.Key.Span);
        Add(hash, envelope.Payload.Span);
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        hash.GetHashAndReset(digest);
        return new Fingerprint(BinaryPrimitives.ReadUInt128LittleEndian(digest));
    }

    // With its length, so that no two lists of fields have the same bytes.
    private static void Add(IncrementalHash hash, ReadOnlySpan<byte> field)
    {
        Span<byte> length = stackalloc byte[sizeof(int)];
        BinaryPrimitives.WriteInt32LittleEndian(length, field.Length);
        hash.AppendData(length);
        hash.AppendData(field);
    }

    private static byte Bit(bool flag) => flag ? (byte)1 : (byte)0;
}
