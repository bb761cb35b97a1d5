using System.Security.Claims;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Http.Features.Authentication;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using WsCore.Access;
using WsCore.Connections;
using WsCore.Framing;

namespace WsCore.Handshake;

/// <summary>The end point: answers a handshake, or says why not, and serves the connection until it ends.</summary>
/// <remarks>Thread-safe. Stands behind <c>UseWebSockets</c>, which negotiates, and behind a <see cref="StreamUpgradeFeature"/>, which keeps the bytes.</remarks>
internal sealed partial class HandshakeEndpoint(
    HandshakeRules rules, Admission admission, ConnectionHost host, HookRunner hooks, ILogger<HandshakeEndpoint> logger)
{
    private static readonly ClaimsPrincipal Anonymous = new(new ClaimsIdentity());

    /// <summary>Puts our upgrade feature between the server and the platform's middleware, which comes next.</summary>
    public static Task PrepareAsync(HttpContext http, RequestDelegate next)
    {
        if (http.Features.Get<IHttpUpgradeFeature>() is { } upgrade)
        {
            http.Features.Set<IHttpUpgradeFeature>(new StreamUpgradeFeature(upgrade));
            http.Features.Set<IHttpWebSocketFeature>(null); // an application's own UseWebSockets has set one around the server's feature
        }

        return next(http);
    }

    public async Task ServeAsync(HttpContext http)
    {
        var principal = PrincipalOf(http);
        var user = UserOf.Principal(principal);
        var answer = rules.Check(http.Request);
        if (answer.IsAccepted)
        {
            answer = admission.Check(user, principal.Identity!.IsAuthenticated) ?? answer;
        }

        // The platform has its own idea of what is a handshake, and would throw at the rest.
        if (answer.IsAccepted && http.WebSockets.IsWebSocketRequest && http.Features.Get<IHttpUpgradeFeature>() is StreamUpgradeFeature upgrade)
        {
            await AcceptAsync(http, upgrade, new ConnectionIdentity(ConnectionId.New(), user, principal, http.Connection.RemoteIpAddress), answer.Subprotocol).ConfigureAwait(false);
            return;
        }

        await RefuseAsync(http, answer.IsAccepted ? HandshakeAnswer.Refuse(426, "This is a WebSocket end point, and the headers 'Connection' and 'Upgrade' are not those of a handshake.") : answer).ConfigureAwait(false);
    }

    private async Task AcceptAsync(HttpContext http, StreamUpgradeFeature upgrade, ConnectionIdentity identity, string? subprotocol)
    {
        var opening = hooks.Wants(HookPoints.Opening) ? new OpeningContext(identity, http) : null;
        var failed = opening is not null && !await AskAsync(opening, http.RequestAborted).ConfigureAwait(false);
        if (opening is not null && http.RequestAborted.IsCancellationRequested)
        {
            return; // whoever asked has gone while the hook thought
        }

        // Kestrel would cut a reader that is slow by its own rules; ours are the outbox's and the sweeper's.
        http.Features.Get<IHttpMinResponseDataRateFeature>()?.MinDataRate = null;
        http.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;
        try
        {
            await http.WebSockets.AcceptWebSocketAsync(
                new WebSocketAcceptContext { SubProtocol = subprotocol, KeepAliveInterval = Timeout.InfiniteTimeSpan }).ConfigureAwait(false);
        }
        catch (InvalidOperationException) when (!http.Response.HasStarted) // Kestrel's MaxConcurrentUpgradedConnections
        {
            await RefuseAsync(http, HandshakeAnswer.Refuse(503, "The server takes no more WebSocket connections; connect again later.")).ConfigureAwait(false);
            return;
        }

        var transport = UpgradedTransport.Of(http, upgrade.Stream!);
        var connection = host.Make(identity, transport.Output);
        connection.State = opening?.State;
        if (failed)
        {
            connection.Close(CloseCodes.InternalError, "The server failed to open the connection.");
        }
        else if (opening is { IsRefused: true })
        {
            connection.Close(CloseCodes.Forbidden, opening.RefusedReason);
        }

        await host.ServeAsync(connection, transport.Input).ConfigureAwait(false);
        await transport.EndAsync().ConfigureAwait(false);
    }

    // The feature, because HttpContext.User makes a principal where there is none; and one object serves for all who are nobody.
    private static ClaimsPrincipal PrincipalOf(HttpContext http) =>
        http.Features.Get<IHttpAuthenticationFeature>()?.User is { Identity.IsAuthenticated: true } user ? user : Anonymous;

    private async ValueTask<bool> AskAsync(OpeningContext opening, CancellationToken cancellation)
    {
        try
        {
            await hooks.OpeningAsync(opening, cancellation).ConfigureAwait(false);
            return true;
        }
        catch (OperationCanceledException) when (cancellation.IsCancellationRequested)
        {
            return false;
        }
        catch (Exception exception)
        {
            OpeningFailed(logger, exception, opening.ConnectionId);
            return false;
        }
    }

    private async Task RefuseAsync(HttpContext http, HandshakeAnswer answer)
    {
        Refused(logger, answer.Status, answer.Sentence);
        host.Refused(answer.Status);
        var response = http.Response;
        response.StatusCode = answer.Status;
        response.Headers.SecWebSocketVersion = "13";
        response.ContentType = "text/plain; charset=utf-8";
        switch (answer.Status)
        {
            case StatusCodes.Status426UpgradeRequired:
                response.Headers.Upgrade = "websocket";
                response.Headers.Connection = "Upgrade";
                break;
            case StatusCodes.Status401Unauthorized:
                response.Headers.WWWAuthenticate = "Bearer";
                break;
            case StatusCodes.Status503ServiceUnavailable:
                response.Headers.RetryAfter = "1";
                break;
        }

        await response.WriteAsync(answer.Sentence).ConfigureAwait(false);
    }
}
