using System.Net;
using WsCore.Server.Api;

namespace WsCore.Server.Metrics;

/// <summary>Serves the metrics to those who may have them.</summary>
internal static class MetricsEndpoint
{
    /// <summary>
    /// With a port of their own: there, without a key, and nothing else there. Without: on the server's addresses to whoever shows the key, and in Development to this machine
    /// without one. With neither, outside Development: nowhere, and the log says how to change that.
    /// </summary>
    public static void MapMetrics(this WebApplication app, MetricsOptions options, ApiOptions api)
    {
        var local = app.Environment.IsDevelopment();
        if (AreOff(app, options, api))
        {
            return;
        }

        var scrapes = new Scrapes(app.Services.GetRequiredService<MetricsCollector>());
        if (options.Port is { } port)
        {
            // By the port that the connection came in on, which nobody can claim, as one can a host.
            app.MapWhen(http => http.Connection.LocalPort == port, own => own.Run(http => ServeOwnAsync(http, options.Path, scrapes)));
            return;
        }

        var key = api.Key is null ? null : new ApiKey(api.Key);
        app.MapMethods(options.Path, [HttpMethods.Get, HttpMethods.Head], http => ServeAsync(http, scrapes, key, local)).WithDisplayName("Metrics");
    }

    /// <summary>Says how to turn them on, where they are off; once the server has started.</summary>
    public static void TellWhereOff(WebApplication app, MetricsOptions options, ApiOptions api)
    {
        if (AreOff(app, options, api))
        {
            MetricsLog.Off(app.Logger, options.Path);
        }
    }

    private static bool AreOff(WebApplication app, MetricsOptions options, ApiOptions api) =>
        options.Port is null && api.Key is null && !app.Environment.IsDevelopment();

    private static Task ServeOwnAsync(HttpContext http, string path, Scrapes scrapes)
    {
        if (!http.Request.Path.Equals(path, StringComparison.OrdinalIgnoreCase))
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        if (!HttpMethods.IsGet(http.Request.Method) && !HttpMethods.IsHead(http.Request.Method))
        {
            http.Response.StatusCode = StatusCodes.Status405MethodNotAllowed;
            http.Response.Headers.Allow = "GET, HEAD";
            return Task.CompletedTask;
        }

        return WriteAsync(http, scrapes);
    }

    private static Task ServeAsync(HttpContext http, Scrapes scrapes, ApiKey? key, bool local)
    {
        if ((local && IsThisMachine(http.Connection.RemoteIpAddress)) || key?.IsShownBy(http.Request.Headers) == true)
        {
            return WriteAsync(http, scrapes);
        }

        if (key is null)
        {
            http.Response.StatusCode = StatusCodes.Status404NotFound;
            return Task.CompletedTask;
        }

        http.Response.StatusCode = StatusCodes.Status401Unauthorized;
        http.Response.Headers.WWWAuthenticate = "Bearer";
        http.Response.ContentType = "text/plain; charset=utf-8";
        return http.Response.WriteAsync("Show the server's key (WsCore:Api:Key) as 'Authorization: Bearer ...' or 'X-Api-Key: ...'.\n", http.RequestAborted);
    }

    private static async Task WriteAsync(HttpContext http, Scrapes scrapes)
    {
        var text = await scrapes.TakeAsync().ConfigureAwait(false);
        var response = http.Response;
        response.ContentType = PrometheusWriter.ContentType;
        response.ContentLength = text.Length;
        response.Headers.CacheControl = "no-store";
        response.Headers.XContentTypeOptions = "nosniff";
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await response.Body.WriteAsync(text, http.RequestAborted).ConfigureAwait(false);
        }
    }

    // A connection without an address came over a Unix socket.
    private static bool IsThisMachine(IPAddress? address) => address is null || IPAddress.IsLoopback(address.IsIPv4MappedToIPv6 ? address.MapToIPv4() : address);
}
