using System.Text.Json;
using WsCore.Rooms;

namespace WsCore.Protocol;

/// <summary>Strings of an envelope: decoded, counted and refused with a sentence. What is refused comes back empty.</summary>
internal static class TextField
{
    private const int RawPerByte = 6; // \u0041
    private const int RawPerCharacter = 12; // \uD83D\uDE00
    private const int BytesPerCharacter = 4;

    /// <summary>A string by its Unicode scalar values; the content comes back as it was written.</summary>
    public static bool TryRaw(ReadOnlyMemory<byte> source, Slot slot, FieldPath path, int min, int max, out ReadOnlyMemory<byte> raw, out EnvelopeFault fault)
    {
        bool good = TryCharacters(source, slot, path, min, max, out _, out fault);
        raw = good ? slot.Content(source) : default;
        return good;
    }

    /// <summary>A string by its Unicode scalar values, decoded.</summary>
    public static bool TryCharacters(ReadOnlyMemory<byte> source, Slot slot, FieldPath path, int min, int max, out ReadOnlyMemory<byte> utf8, out EnvelopeFault fault)
    {
        utf8 = default;
        if (!slot.IsString || slot.Length - 2 > max * RawPerCharacter)
        {
            return Refuse(path, $"must be a string of {min} to {max} characters.", out fault);
        }

        if (!TryDecode(source, slot, out utf8))
        {
            return RefuseSurrogate(path, out fault);
        }

        int count = CountCharacters(utf8.Span, max);
        if (count >= min && count <= max)
        {
            fault = default;
            return true;
        }

        utf8 = default;
        return Refuse(path, $"must be a string of {min} to {max} characters.", out fault);
    }

    /// <summary>A string by its bytes in UTF-8, decoded, without control characters.</summary>
    public static bool TryBytes(ReadOnlyMemory<byte> source, Slot slot, FieldPath path, int max, out ReadOnlyMemory<byte> utf8, out EnvelopeFault fault)
    {
        utf8 = default;
        if (!slot.IsString || slot.Length - 2 > max * RawPerByte)
        {
            return Refuse(path, $"must be a string of 1 to {max} bytes of UTF-8.", out fault);
        }

        if (!TryDecode(source, slot, out utf8))
        {
            return RefuseSurrogate(path, out fault);
        }

        bool rightLength = utf8.Length >= 1 && utf8.Length <= max;
        if (rightLength && !RoomNameRules.HasControlCharacter(utf8.Span))
        {
            fault = default;
            return true;
        }

        utf8 = default;
        return Refuse(path, rightLength ? "must not contain control characters." : $"must be a string of 1 to {max} bytes of UTF-8.", out fault);
    }

    /// <summary>The name of a room, decoded.</summary>
    public static bool TryRoom(ReadOnlyMemory<byte> source, Slot slot, FieldPath path, out ReadOnlyMemory<byte> utf8, out EnvelopeFault fault)
    {
        utf8 = default;
        RoomNameProblem problem = RoomNameProblem.Length;
        if (slot.IsString && slot.Length - 2 <= RoomNameRules.MaxBytes * RawPerByte)
        {
            if (!TryDecode(source, slot, out utf8))
            {
                return RefuseSurrogate(path, out fault);
            }

            problem = RoomNameRules.Check(utf8.Span);
        }

        if (problem == RoomNameProblem.None)
        {
            fault = default;
            return true;
        }

        utf8 = default;
        fault = EnvelopeFault.Invalid(RoomNameRules.Describe(problem, path.ToString()));
        return false;
    }

    /// <summary>False for a lone surrogate, which no UTF-8 can hold.</summary>
    public static bool TryDecode(ReadOnlyMemory<byte> source, Slot slot, out ReadOnlyMemory<byte> utf8)
    {
        utf8 = slot.Content(source);
        if (!slot.Escaped)
        {
            return true;
        }

        if (Surrogates.HasLone(utf8.Span))
        {
            utf8 = default;
            return false;
        }

        Utf8JsonReader reader = slot.Open(source);
        byte[] own = new byte[utf8.Length]; // decoding never makes it longer
        utf8 = own.AsMemory(0, reader.CopyString(own));
        return true;
    }

    /// <summary>Unicode scalar values of valid UTF-8; anything over <paramref name="max"/> where it is sure to be more.</summary>
    private static int CountCharacters(ReadOnlySpan<byte> utf8, int max)
    {
        if (utf8.Length > max * BytesPerCharacter)
        {
            return int.MaxValue;
        }

        int count = 0;
        foreach (byte b in utf8)
        {
            count += (b & 0xC0) != 0x80 ? 1 : 0;
        }

        return count;
    }

    private static bool Refuse(FieldPath path, string rest, out EnvelopeFault fault)
    {
        fault = EnvelopeFault.Invalid($"'{path}' {rest}");
        return false;
    }

    private static bool RefuseSurrogate(FieldPath path, out EnvelopeFault fault) =>
        Refuse(path, "holds half of a surrogate pair, which is not Unicode text.", out fault);
}
