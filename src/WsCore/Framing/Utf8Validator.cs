using System.Text.Unicode;

namespace WsCore.Framing;

/// <summary>
/// Whether bytes that arrive in pieces are UTF-8 (RFC 3629), with an answer at the first byte that cannot be part of it: RFC 6455
/// section 8.1 wants the connection failed, and an unfinished message must not be held for text that is already lost.
/// </summary>
internal struct Utf8Validator
{
    // The unfinished character: how many bytes it lacks, and what the next of them may be. The bounds are the whole of RFC 3629's
    // grammar: they are narrower than 80..BF only after E0 (overlong), ED (surrogates), F0 (overlong) and F4 (over U+10FFFF).
    private byte _missing;
    private byte _low;
    private byte _high;

    /// <summary>False inside a character: text that ends here is not valid.</summary>
    public readonly bool IsComplete => _missing == 0;

    /// <summary>Takes the next bytes. After false the text is lost, and only <c>default</c> starts another.</summary>
    public bool Append(ReadOnlySpan<byte> bytes)
    {
        while (_missing != 0 && !bytes.IsEmpty)
        {
            if (!Step(bytes[0]))
            {
                return false;
            }

            bytes = bytes[1..];
        }

        var tail = UnfinishedTail(bytes);
        if (!Utf8.IsValid(bytes[..^tail]))
        {
            return false;
        }

        foreach (var value in bytes[^tail..])
        {
            if (!Step(value))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>The number of bytes at the end, 0 to 3, that begin a character which they do not finish.</summary>
    private static int UnfinishedTail(ReadOnlySpan<byte> bytes)
    {
        for (var back = 1; back <= Math.Min(3, bytes.Length); back++)
        {
            var value = bytes[^back];
            if (value < 0x80)
            {
                return 0;
            }

            if (value >= 0xC0)
            {
                var size = value >= 0xF0 ? 4 : value >= 0xE0 ? 3 : 2;
                return size > back ? back : 0;
            }
        }

        return 0;
    }

    private bool Step(byte value)
    {
        if (_missing != 0)
        {
            if (value < _low || value > _high)
            {
                return false;
            }

            (_missing, _low, _high) = ((byte)(_missing - 1), 0x80, 0xBF);
            return true;
        }

        (_missing, _low, _high) = value switch
        {
            <= 0x7F => ((byte)0, (byte)0, (byte)0),
            >= 0xC2 and <= 0xDF => ((byte)1, (byte)0x80, (byte)0xBF),
            0xE0 => ((byte)2, (byte)0xA0, (byte)0xBF),
            0xED => ((byte)2, (byte)0x80, (byte)0x9F),
            >= 0xE1 and <= 0xEF => ((byte)2, (byte)0x80, (byte)0xBF),
            0xF0 => ((byte)3, (byte)0x90, (byte)0xBF),
            >= 0xF1 and <= 0xF3 => ((byte)3, (byte)0x80, (byte)0xBF),
            0xF4 => ((byte)3, (byte)0x80, (byte)0x8F),
            _ => ((byte)0, (byte)1, (byte)0), // no character starts so: the empty range says it
        };
        return _low <= _high;
    }
}
