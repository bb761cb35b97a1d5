using System.Buffers.Text;

namespace WsCore.Delivery;

/// <summary>The place in a frame where a number is written once it is known.</summary>
/// <param name="Offset">From the start of the frame.</param>
/// <param name="Width">Bytes; what the number does not need stays blank, in front of it.</param>
internal readonly record struct NumberSlot(int Offset, int Width)
{
    private const int MostDigits = 20;

    /// <summary>False: the number is wider than its place.</summary>
    public bool TryWrite(Span<byte> wire, long number)
    {
        Span<byte> digits = stackalloc byte[MostDigits];
        Utf8Formatter.TryFormat(number, digits, out var written);
        if (written > Width)
        {
            return false;
        }

        digits[..written].CopyTo(wire[(Offset + Width - written)..]);
        return true;
    }

    /// <summary>A place wide enough for numbers a little above this one.</summary>
    public static int WidthFor(long number)
    {
        const long ahead = 100; // as many others may be numbered between the look at the counter and the turn of this one
        var width = 1;
        for (var rest = number + ahead; rest > 9; rest /= 10)
        {
            width++;
        }

        return width;
    }
}
