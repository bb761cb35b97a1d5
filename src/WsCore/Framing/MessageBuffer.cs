using System.Buffers;

namespace WsCore.Framing;

/// <summary>Bytes in a rented array that grows with what has arrived. A mutable struct: keep it in a field, do not copy it.</summary>
internal struct MessageBuffer
{
    // What a peer can make us rent with one byte. More than most messages of a chat or a game, less than an idle connection may cost.
    private const int FirstRent = 256;

    private byte[]? _array;
    private int _length;

    public readonly int Capacity => _array?.Length ?? 0;

    public readonly int Length => _length;

    public readonly ReadOnlyMemory<byte> Memory => _array.AsMemory(0, _length);

    /// <summary>
    /// Makes room for <paramref name="count"/> bytes that are at hand and returns it. <paramref name="ceiling"/> is where the
    /// content will end at most: doubling stops there, and nothing is ever rented for bytes that are only announced.
    /// </summary>
    public Span<byte> Append(int count, int ceiling)
    {
        var end = checked(_length + count);
        if (end > Capacity)
        {
            Grow(end, ceiling);
        }

        var room = _array.AsSpan(_length, count);
        _length = end;
        return room;
    }

    /// <summary>Forgets the content and keeps the array.</summary>
    public void Clear() => _length = 0;

    public void Release()
    {
        var array = _array;
        _array = null;
        _length = 0;
        if (array is not null)
        {
            ArrayPool<byte>.Shared.Return(array);
        }
    }

    private void Grow(int needed, int ceiling)
    {
        var doubled = Math.Min(Math.Max(FirstRent, 2L * Capacity), ceiling);
        var larger = ArrayPool<byte>.Shared.Rent((int)Math.Max(needed, doubled));
        var length = _length;
        _array.AsSpan(0, length).CopyTo(larger);
        Release();
        _array = larger;
        _length = length;
    }
}
