using System.Security.Cryptography;
using System.Text;

namespace WsCore.Server.Api;

/// <summary>Knows the key that backends and tools show.</summary>
/// <remarks>Thread-safe. Compares digests in constant time, so that an answer's time tells neither how much of a key was right nor how long it is. Keeps no key in memory that a dump would show.</remarks>
internal sealed class ApiKey(string key)
{
    private const string Scheme = "Bearer ";

    private readonly byte[] _digest = SHA256.HashData(Encoding.UTF8.GetBytes(key));

    /// <summary>Whether a request shows it, in either of its headers.</summary>
    public bool IsShownBy(IHeaderDictionary headers)
    {
        var shown = false;
        foreach (var value in headers.Authorization)
        {
            shown |= value is not null && value.StartsWith(Scheme, StringComparison.OrdinalIgnoreCase) && Matches(value.AsSpan(Scheme.Length).Trim());
        }

        foreach (var value in headers["X-Api-Key"])
        {
            shown |= value is not null && Matches(value);
        }

        return shown;
    }

    private bool Matches(ReadOnlySpan<char> shown)
    {
        Span<byte> digest = stackalloc byte[SHA256.HashSizeInBytes];
        SHA256.HashData(Encoding.UTF8.GetBytes(shown.ToString()), digest);
        return CryptographicOperations.FixedTimeEquals(digest, _digest);
    }
}
