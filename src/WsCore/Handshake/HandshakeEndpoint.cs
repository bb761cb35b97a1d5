using System.Buffers.Text;
using System.IO.Pipelines;
using System.Security.Claims;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using Microsoft.AspNetCore.Server.Kestrel.Core.Features;
using Microsoft.Extensions.Logging;
using WsCore.Access;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Framing;

namespace WsCore.Handshake;

/// <summary>The end point: answers a handshake, or says why not, and serves the connection until it ends.</summary>
/// <remarks>Thread-safe. Stands behind <c>UseWebSockets</c>, which negotiates, and behind a <see cref="StreamUpgradeFeature"/>, which keeps the bytes.</remarks>
internal sealed partial class HandshakeEndpoint(
    HandshakeRules rules, Admission admission, ConnectionHost host, HookRunner hooks, ILogger<HandshakeEndpoint> logger)
{
    private const int IdBytes = 12;

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
        var user = UserOf.Principal(http.User);
        var answer = rules.Check(http.Request);
        if (answer.IsAccepted)
        {
            answer = admission.Check(user, http.User.Identity?.IsAuthenticated == true) ?? answer;
        }

        if (!answer.IsAccepted || http.Features.Get<IHttpUpgradeFeature>() is not StreamUpgradeFeature { IsUpgradableRequest: true } upgrade)
        {
            await RefuseAsync(http, answer.IsAccepted ? HandshakeAnswer.Refuse(400, "This server cannot upgrade this request.") : answer).ConfigureAwait(false);
            return;
        }

        var opening = new OpeningContext(NewId(), user, http);
        var failed = !await AskAsync(opening, http.RequestAborted).ConfigureAwait(false);

        // Kestrel would cut a reader that is slow by its own rules; ours are the outbox's and the sweeper's.
        http.Features.Get<IHttpMinResponseDataRateFeature>()?.MinDataRate = null;
        http.Features.Get<IHttpMinRequestBodyDataRateFeature>()?.MinDataRate = null;
        await http.WebSockets.AcceptWebSocketAsync(
            new WebSocketAcceptContext { SubProtocol = answer.Subprotocol, KeepAliveInterval = Timeout.InfiniteTimeSpan }).ConfigureAwait(false);

        var stream = upgrade.Stream!;
        var principal = http.User.Identity is { IsAuthenticated: true } ? http.User : Anonymous; // one object for all who are nobody
        var identity = new ConnectionIdentity(opening.ConnectionId, user, principal, http.Connection.RemoteIpAddress);
        var connection = host.Make(identity, new StreamOutput(stream, http.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>()));
        connection.State = opening.State;
        if (failed)
        {
            connection.Close(CloseCodes.InternalError, "The server failed to open the connection.");
        }
        else if (opening.IsRefused)
        {
            connection.Close(CloseCodes.Forbidden, opening.RefusedReason);
        }

        await host.ServeAsync(connection, PipeReader.Create(stream, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true))).ConfigureAwait(false);
    }

    private static string NewId()
    {
        Span<byte> random = stackalloc byte[IdBytes];
        RandomNumberGenerator.Fill(random);
        return Base64Url.EncodeToString(random);
    }

    private async ValueTask<bool> AskAsync(OpeningContext opening, CancellationToken cancellation)
    {
        if (!hooks.Wants(HookPoints.Opening))
        {
            return true;
        }

        try
        {
            await hooks.OpeningAsync(opening, cancellation).ConfigureAwait(false);
            return true;
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
