using System.Net;
using System.Security.Claims;

namespace WsCore.Connections;

/// <summary>Who a connection is; never changes.</summary>
internal sealed record ConnectionIdentity(string Id, string? User, ClaimsPrincipal Principal, IPAddress? RemoteAddress);
