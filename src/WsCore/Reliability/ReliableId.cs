using System.Buffers;
using System.Buffers.Binary;
using System.Buffers.Text;
using System.Security.Cryptography;

namespace WsCore.Reliability;

/// <summary>Ids of reliable messages: 22 characters of base64url for 64 random bits of the process and a number.</summary>
/// <remarks>
/// Thread-safe. Made once for all receivers of a message. Whoever knows one can guess the next; that is worth nothing, because a connection confirms only what
/// it was sent itself. They are compared as numbers, so that an <c>ack</c> with a thousand of them is one array and the message's buffer is free at once.
/// </remarks>
internal static class ReliableId
{
    /// <summary>Characters of each.</summary>
    public const int Length = 22;

    private const int Bytes = 16;

    private static readonly ulong Prefix = BinaryPrimitives.ReadUInt64BigEndian(RandomNumberGenerator.GetBytes(8));

    private static ulong s_last;

    public static UInt128 Next() => new(Prefix, Interlocked.Increment(ref s_last));

    /// <summary><see cref="Length"/> characters that need no escape in JSON.</summary>
    public static byte[] Text(UInt128 id)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        BinaryPrimitives.WriteUInt128BigEndian(bytes, id);
        return Base64Url.EncodeToUtf8(bytes);
    }

    /// <summary>False: no message ever had such an id.</summary>
    public static bool TryRead(ReadOnlySpan<byte> text, out UInt128 id)
    {
        Span<byte> bytes = stackalloc byte[Bytes];
        id = default;
        if (text.Length != Length || Base64Url.DecodeFromUtf8(text, bytes, out _, out var written) != OperationStatus.Done || written != Bytes)
        {
            return false;
        }

        id = BinaryPrimitives.ReadUInt128BigEndian(bytes);
        return true;
    }
}
