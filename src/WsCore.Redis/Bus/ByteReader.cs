using System.Buffers.Binary;

namespace WsCore.Redis.Bus;

/// <summary>Takes pieces off the front of bytes.</summary>
internal struct ByteReader(ReadOnlyMemory<byte> bytes)
{
    public ReadOnlyMemory<byte> Rest { get; private set; } = bytes;

    public bool TryTake(int length, out ReadOnlyMemory<byte> piece)
    {
        var fits = length <= Rest.Length;
        piece = fits ? Rest[..length] : default;
        Rest = fits ? Rest[length..] : Rest;
        return fits;
    }

    /// <summary>A piece behind one byte of its length.</summary>
    public bool TryTake8(out ReadOnlyMemory<byte> piece)
    {
        piece = default;
        return TryTake(1, out var length) && TryTake(length.Span[0], out piece);
    }

    /// <summary>A piece behind two bytes of its length.</summary>
    public bool TryTake16(out ReadOnlyMemory<byte> piece)
    {
        piece = default;
        return TryTake(2, out var length) && TryTake(BinaryPrimitives.ReadUInt16BigEndian(length.Span), out piece);
    }
}
