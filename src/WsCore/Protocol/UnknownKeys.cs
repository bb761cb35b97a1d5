using System.Runtime.CompilerServices;
using System.Text;

namespace WsCore.Protocol;

/// <summary>The names of the unknown fields so far, to find one that comes twice.</summary>
/// <remarks>
/// The first few, unescaped, are compared one by one and cost nothing; then a set takes over, whose string hashes are
/// randomised when they collide, so that thousands of chosen names cost no more than thousands of others.
/// </remarks>
internal struct UnknownKeys
{
    private const int Few = 8;

    private Ranges _few;
    private int _count;
    private HashSet<string>? _many;

    /// <summary>Whether the name is new.</summary>
    /// <param name="source">The message.</param>
    /// <param name="start">Where the name begins in it.</param>
    /// <param name="length">Its bytes.</param>
    /// <param name="decoded">The name where it has escapes; else null.</param>
    public bool Add(ReadOnlySpan<byte> source, int start, int length, string? decoded)
    {
        if (_many is null)
        {
            if (decoded is null && _count < Few)
            {
                return AddToFew(source, start, length);
            }

            _many = new HashSet<string>(StringComparer.Ordinal);
            for (int i = 0; i < _count; i++)
            {
                _many.Add(Encoding.UTF8.GetString(source.Slice(_few[i].Start, _few[i].Length)));
            }
        }

        return _many.Add(decoded ?? Encoding.UTF8.GetString(source.Slice(start, length)));
    }

    private bool AddToFew(ReadOnlySpan<byte> source, int start, int length)
    {
        ReadOnlySpan<byte> name = source.Slice(start, length);
        for (int i = 0; i < _count; i++)
        {
            if (source.Slice(_few[i].Start, _few[i].Length).SequenceEqual(name))
            {
                return false;
            }
        }

        _few[_count++] = (start, length);
        return true;
    }

    [InlineArray(Few)]
    private struct Ranges
    {
        private (int Start, int Length) _first;
    }
}
