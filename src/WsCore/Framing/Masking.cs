using System.Buffers;
using System.Buffers.Binary;
using System.Numerics;
using System.Runtime.InteropServices;

namespace WsCore.Framing;

/// <summary>
/// The XOR of RFC 6455 section 5.3. The key is a number whose lowest byte belongs to the next payload byte, whatever the machine's
/// byte order; after a part of the payload it is turned so that this holds again.
/// </summary>
internal static class Masking
{
    /// <summary>Writes source XOR key to the front of destination (which may be source itself) and returns the key for what follows.</summary>
    public static uint Apply(ReadOnlySpan<byte> source, Span<byte> destination, uint key)
    {
        destination = destination[..source.Length];
        var inMemoryOrder = BitConverter.IsLittleEndian ? key : BinaryPrimitives.ReverseEndianness(key);
        var at = 0;

        // Every step is a multiple of 4 bytes, so the key needs no turning until the end.
        if (source.Length >= Vector<byte>.Count)
        {
            var wide = Vector.AsVectorByte(new Vector<uint>(inMemoryOrder));
            ref var from = ref MemoryMarshal.GetReference(source);
            ref var to = ref MemoryMarshal.GetReference(destination);
            for (; at <= source.Length - Vector<byte>.Count; at += Vector<byte>.Count)
            {
                (Vector.LoadUnsafe(ref from, (nuint)at) ^ wide).StoreUnsafe(ref to, (nuint)at);
            }
        }

        for (; at <= source.Length - sizeof(uint); at += sizeof(uint))
        {
            MemoryMarshal.Write(destination[at..], MemoryMarshal.Read<uint>(source[at..]) ^ inMemoryOrder);
        }

        for (var i = at; i < source.Length; i++)
        {
            destination[i] = (byte)(source[i] ^ (key >> (8 * (i - at))));
        }

        return BitOperations.RotateRight(key, 8 * (source.Length & 3));
    }

    /// <summary>The same over several segments.</summary>
    public static uint Apply(in ReadOnlySequence<byte> source, Span<byte> destination, uint key)
    {
        foreach (var segment in source)
        {
            key = Apply(segment.Span, destination, key);
            destination = destination[segment.Length..];
        }

        return key;
    }
}
