using System.Buffers;
using System.Diagnostics;

namespace WsCore.Buffers;

/// <summary>A growing byte buffer on <see cref="ArrayPool{T}.Shared"/>, to be used again and again by one owner.</summary>
/// <remarks>
/// Not safe for concurrent use. Spans and memories handed out are valid until the next write, <see cref="Clear"/>,
/// <see cref="Reset"/> or <see cref="Dispose"/>. Growth doubles, so writing n bytes copies fewer than 2n.
/// </remarks>
internal sealed class PooledBufferWriter : IBufferWriter<byte>, IDisposable
{
    private const int DefaultCapacity = 256;

    private readonly int _firstCapacity;
    private byte[] _buffer = [];
    private int _written;

    /// <param name="firstCapacity">Bytes rented at the first write; nothing is rented before it.</param>
    public PooledBufferWriter(int firstCapacity = DefaultCapacity)
    {
        ArgumentOutOfRangeException.ThrowIfNegativeOrZero(firstCapacity);
        _firstCapacity = firstCapacity;
    }

    public int WrittenCount => _written;

    /// <summary>Bytes of the array held.</summary>
    public int Capacity => _buffer.Length;

    public ReadOnlySpan<byte> WrittenSpan => _buffer.AsSpan(0, _written);

    public ReadOnlyMemory<byte> WrittenMemory => _buffer.AsMemory(0, _written);

    /// <summary>Forgets what was written and keeps the array for the next message.</summary>
    public void Clear() => _written = 0;

    /// <summary>Forgets what was written and gives the array back, so that an idle owner holds none. The writer stays usable.</summary>
    public void Reset()
    {
        byte[] buffer = _buffer;
        _buffer = [];
        _written = 0;
        if (buffer.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    /// <summary>The same as <see cref="Reset"/>; disposing twice is harmless.</summary>
    public void Dispose() => Reset();

    /// <exception cref="ArgumentOutOfRangeException"><paramref name="count"/> is negative or more than what was asked for.</exception>
    public void Advance(int count)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(count);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(count, _buffer.Length - _written);
        _written += count;
    }

    public Memory<byte> GetMemory(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsMemory(_written);
    }

    public Span<byte> GetSpan(int sizeHint = 0)
    {
        Reserve(sizeHint);
        return _buffer.AsSpan(_written);
    }

    public void Write(ReadOnlySpan<byte> bytes)
    {
        if (bytes.Length > _buffer.Length - _written)
        {
            Grow(bytes.Length);
        }

        bytes.CopyTo(_buffer.AsSpan(_written));
        _written += bytes.Length;
    }

    public void WriteByte(byte value)
    {
        if (_written == _buffer.Length)
        {
            Grow(1);
        }

        _buffer[_written++] = value;
    }

    private void Reserve(int sizeHint)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(sizeHint);
        int needed = Math.Max(sizeHint, 1); // the contract of IBufferWriter: never an empty span
        if (needed > _buffer.Length - _written)
        {
            Grow(needed);
        }
    }

    private void Grow(int needed)
    {
        long least = (long)_written + needed;
        if (least > Array.MaxLength)
        {
            throw new OutOfMemoryException($"A buffer of {least} bytes was asked for.");
        }

        long wanted = Math.Max(least, Math.Max(_firstCapacity, 2L * _buffer.Length));
        byte[] bigger = ArrayPool<byte>.Shared.Rent((int)Math.Min(wanted, Array.MaxLength));
        Debug.Assert(bigger.Length >= least);
        byte[] old = _buffer;
        old.AsSpan(0, _written).CopyTo(bigger);
        _buffer = bigger;
        if (old.Length > 0)
        {
            ArrayPool<byte>.Shared.Return(old);
        }
    }
}
