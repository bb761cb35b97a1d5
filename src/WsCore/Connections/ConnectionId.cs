using System.Buffers.Text;
using System.Security.Cryptography;

namespace WsCore.Connections;

/// <summary>Ids of connections: 16 characters of base64url, 96 bits that nobody can guess.</summary>
internal static class ConnectionId
{
    private const int Bytes = 12;
    private const int Characters = 16;

    public static string New()
    {
        Span<byte> random = stackalloc byte[Bytes];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }

    /// <summary>Whether a text has the form of an id.</summary>
    public static bool Matches(string text) => text.Length == Characters && text.All(c => char.IsAsciiLetterOrDigit(c) || c is '-' or '_');
}
