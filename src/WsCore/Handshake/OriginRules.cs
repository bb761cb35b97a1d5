using Microsoft.Extensions.Primitives;

namespace WsCore.Handshake;

/// <summary>Which web pages may connect. A request without an origin is not from a browser, and passes.</summary>
/// <remarks>
/// Immutable. A page's script cannot forge its origin, and cookies go along with a WebSocket handshake from any page: this check is what keeps a foreign
/// page from speaking in its visitor's name. So an empty list allows no page at all.
/// </remarks>
internal sealed class OriginRules
{
    private readonly HashSet<string> _allowed;
    private readonly bool _any;
    private readonly bool _localhost;

    /// <param name="allowed">Origins such as <c>https://example.org</c>, or <c>*</c> for all.</param>
    /// <param name="localhost">Whether pages of this machine may connect, on any port.</param>
    public OriginRules(IEnumerable<string> allowed, bool localhost)
    {
        _allowed = new HashSet<string>(allowed.Select(origin => origin.TrimEnd('/')), StringComparer.OrdinalIgnoreCase);
        _any = _allowed.Contains("*");
        _localhost = localhost;
    }

    public bool Allow(StringValues header) => header.Count switch
    {
        0 => true,
        1 => _any || _allowed.Contains(header[0]!) || (_localhost && IsLocalhost(header[0]!)),
        _ => false,
    };

    private static bool IsLocalhost(string origin) =>
        Uri.TryCreate(origin, UriKind.Absolute, out var uri)
        && uri is { Scheme: "http" or "https", Host: "localhost" or "127.0.0.1" or "[::1]" };
}
