using System.Net;
using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using WsCore.Connections;

namespace WsCore.Access;

/// <summary>A client asks to be connected. The request's parts are valid during the hook; what is wanted later goes into <see cref="State"/>.</summary>
public sealed class OpeningContext : RefusableContext
{
    private readonly ConnectionIdentity _identity;

    internal OpeningContext(ConnectionIdentity identity, HttpContext http)
    {
        _identity = identity;
        Headers = http.Request.Headers;
        Query = http.Request.Query;
    }

    /// <summary>The id that the connection will have.</summary>
    public string ConnectionId => _identity.Id;

    /// <summary>The user, or null for an anonymous connection.</summary>
    public string? User => _identity.User;

    /// <summary>The principal of the request.</summary>
    public ClaimsPrincipal Principal => _identity.Principal;

    /// <summary>The headers of the request; they may hold secrets.</summary>
    public IHeaderDictionary Headers { get; }

    /// <summary>The query of the request; it may hold secrets.</summary>
    public IQueryCollection Query { get; }

    /// <summary>The peer's address, after forwarded headers if the application believes them.</summary>
    public IPAddress? RemoteAddress => _identity.RemoteAddress;

    /// <summary>Becomes <see cref="Connections.IConnection.State"/>.</summary>
    public object? State { get; set; }
}
