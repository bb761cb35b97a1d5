using System.Text.Unicode;

namespace WsCore.Rooms;

/// <summary>The rules for the name of a room, checked on the bytes as they came: nothing is allocated for a good name.</summary>
/// <remarks>
/// 1 to 255 bytes of UTF-8 without control characters (C0, DEL, C1). With a colon, what stands before the first one is
/// the namespace, <c>[a-z0-9-]{1,32}</c>, and something must follow. Without a colon the room is in <c>default</c>, and
/// it has only that one spelling: <c>default:…</c> is refused.
/// <para>
/// A prefix that cannot be a namespace (<c>Chat:1</c>, <c>my room:x</c>, <c>:x</c>) is refused instead of counting as a
/// part of a name in <c>default</c>: otherwise one capital letter would silently give a room the rights and the
/// history of other rules than its author configured.
/// </para>
/// </remarks>
internal static class RoomNameRules
{
    public const int MaxBytes = 255;
    public const int MaxNamespaceBytes = 32;

    public static RoomNameProblem Check(ReadOnlySpan<byte> utf8)
    {
        if (utf8.Length is 0 or > MaxBytes)
        {
            return RoomNameProblem.Length;
        }

        if (!Utf8.IsValid(utf8))
        {
            return RoomNameProblem.NotUtf8;
        }

        if (HasControlCharacter(utf8))
        {
            return RoomNameProblem.ControlCharacter;
        }

        int colon = utf8.IndexOf((byte)':');
        return colon < 0 ? RoomNameProblem.None : CheckPrefix(utf8, colon);
    }

    /// <param name="utf8">Valid UTF-8.</param>
    public static bool HasControlCharacter(ReadOnlySpan<byte> utf8)
    {
        for (int i = 0; i < utf8.Length; i++)
        {
            byte b = utf8[i];
            if (b is < 0x20 or 0x7F)
            {
                return true;
            }

            if (b == 0xC2 && i + 1 < utf8.Length && utf8[i + 1] < 0xA0) // U+0080 to U+009F are C2 80 to C2 9F
            {
                return true;
            }
        }

        return false;
    }

    /// <summary>Whether it can stand before a room's colon; <c>default</c>, which may not, is one too.</summary>
    public static bool IsNamespace(ReadOnlySpan<byte> prefix)
    {
        if (prefix.Length is 0 or > MaxNamespaceBytes)
        {
            return false;
        }

        foreach (byte b in prefix)
        {
            if (b is not ((>= (byte)'a' and <= (byte)'z') or (>= (byte)'0' and <= (byte)'9') or (byte)'-'))
            {
                return false;
            }
        }

        return true;
    }

    /// <summary>One sentence for a developer.</summary>
    /// <param name="problem">Not <see cref="RoomNameProblem.None"/>.</param>
    /// <param name="field">The field that held the name, without quotes.</param>
    public static string Describe(RoomNameProblem problem, string field) => problem switch
    {
        RoomNameProblem.Length => $"'{field}' must be a string of 1 to {MaxBytes} bytes of UTF-8.",
        RoomNameProblem.NotUtf8 => $"'{field}' must be valid UTF-8.",
        RoomNameProblem.ControlCharacter => $"'{field}' must not contain control characters.",
        RoomNameProblem.Namespace =>
            $"'{field}' contains a colon, so what stands before the first one must be a namespace: 1 to {MaxNamespaceBytes} of a-z, 0-9 and '-'.",
        RoomNameProblem.EmptyRest => $"'{field}' must have something after the colon of its namespace.",
        RoomNameProblem.DefaultPrefix => $"'{field}' must not begin with default: – rooms of the default namespace are written without a prefix.",
        _ => throw new ArgumentOutOfRangeException(nameof(problem), problem, null),
    };

    private static RoomNameProblem CheckPrefix(ReadOnlySpan<byte> utf8, int colon)
    {
        ReadOnlySpan<byte> prefix = utf8[..colon];
        if (!IsNamespace(prefix))
        {
            return RoomNameProblem.Namespace;
        }

        if (prefix.SequenceEqual("default"u8))
        {
            return RoomNameProblem.DefaultPrefix;
        }

        return colon + 1 == utf8.Length ? RoomNameProblem.EmptyRest : RoomNameProblem.None;
    }
}
