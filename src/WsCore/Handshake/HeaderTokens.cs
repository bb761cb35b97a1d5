using Microsoft.Extensions.Primitives;

namespace WsCore.Handshake;

/// <summary>Reads headers that are lists of tokens, over one line or several (RFC 9110 5.6.1).</summary>
internal static class HeaderTokens
{
    public static bool Contain(StringValues header, ReadOnlySpan<char> token, StringComparison comparison)
    {
        foreach (var line in header)
        {
            foreach (var range in line.AsSpan().Split(','))
            {
                if (line.AsSpan(range).Trim().Equals(token, comparison))
                {
                    return true;
                }
            }
        }

        return false;
    }

    public static bool IsEmpty(StringValues header)
    {
        foreach (var line in header)
        {
            if (line.AsSpan().ContainsAnyExcept(',', ' ', '\t'))
            {
                return false;
            }
        }

        return true;
    }
}
