namespace WsCore.Protocol;

/// <summary>Finds halves of surrogate pairs among the escapes of a JSON string, without decoding it: the platform tells only by throwing.</summary>
internal static class Surrogates
{
    private const int EscapeLength = 6; // a backslash, u and four digits

    /// <param name="raw">The content of a string that the JSON reader has accepted, escapes kept.</param>
    public static bool HasLone(ReadOnlySpan<byte> raw)
    {
        while (raw.IndexOf((byte)'\\') is >= 0 and var at)
        {
            raw = raw[at..];
            if (raw[1] != 'u')
            {
                raw = raw[2..];
                continue;
            }

            var unit = Unit(raw);
            raw = raw[EscapeLength..];
            if (char.IsLowSurrogate(unit))
            {
                return true;
            }

            if (char.IsHighSurrogate(unit))
            {
                if (raw.Length < EscapeLength || raw[0] != '\\' || raw[1] != 'u' || !char.IsLowSurrogate(Unit(raw)))
                {
                    return true;
                }

                raw = raw[EscapeLength..];
            }
        }

        return false;
    }

    private static char Unit(ReadOnlySpan<byte> escape)
    {
        var unit = 0;
        foreach (var digit in escape[2..EscapeLength])
        {
            unit = (unit << 4) | (digit <= '9' ? digit - '0' : (digit | 0x20) - 'a' + 10);
        }

        return (char)unit;
    }
}
