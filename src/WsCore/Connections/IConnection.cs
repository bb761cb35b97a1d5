using System.Net;
using System.Security.Claims;

namespace WsCore.Connections;

/// <summary>A connected client, as the application's code sees it. Thread-safe but for <see cref="State"/>.</summary>
public interface IConnection
{
    /// <summary>The id that other clients see in <c>from.connection</c>; unique and not to be guessed.</summary>
    string Id { get; }

    /// <summary>The user (1 to 250 bytes of UTF-8), or null for an anonymous connection.</summary>
    string? User { get; }

    /// <summary>The principal with which the connection was opened.</summary>
    ClaimsPrincipal Principal { get; }

    /// <summary>The peer's address, after forwarded headers if the application believes them.</summary>
    IPAddress? RemoteAddress { get; }

    /// <summary>Cancelled when the connection has ended.</summary>
    CancellationToken Closed { get; }

    /// <summary>Whatever the application wants to keep with the connection. Hooks of one connection run one after the other; other code must synchronise itself.</summary>
    object? State { get; set; }

    /// <summary>Sends the close frame after what waits, and ends the connection; the first close wins.</summary>
    /// <param name="code">1000 to 1003, 1007 to 1014 or 3000 to 4999; see <see cref="Framing.CloseCodes"/>.</param>
    /// <param name="reason">A sentence for the client's developer; cut at 123 bytes of UTF-8.</param>
    /// <exception cref="ArgumentOutOfRangeException">The code may not be sent (RFC 6455 7.4).</exception>
    void Close(ushort code, string reason);
}
