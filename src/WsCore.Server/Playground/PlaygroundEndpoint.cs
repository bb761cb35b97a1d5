using Microsoft.Net.Http.Headers;

namespace WsCore.Server.Playground;

/// <summary>The page that shows what the server does, on <c>/</c>.</summary>
internal static class PlaygroundEndpoint
{
    private const string Resource = "WsCore.Server.Playground.index.html";

    // The page is one file with its style and script inside; it loads nothing, and may connect to any WebSocket server that somebody types in.
    private const string ContentSecurityPolicy =
        "default-src 'none'; connect-src 'self' ws: wss:; style-src 'unsafe-inline'; script-src 'unsafe-inline'; img-src data:; "
        + "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

    /// <summary>For Development only: whoever calls this checks that.</summary>
    public static void MapPlayground(this IEndpointRouteBuilder endpoints)
    {
        var page = Load();
        endpoints
            .MapMethods("/", [HttpMethods.Get, HttpMethods.Head], http => ServeAsync(http, page))
            .WithDisplayName("Playground")
            .WithOrder(1); // after the WebSocket end point, should that have been given the path /
    }

    private static async Task ServeAsync(HttpContext http, byte[] page)
    {
        var headers = http.Response.Headers;
        headers.ContentSecurityPolicy = ContentSecurityPolicy;
        headers.XContentTypeOptions = "nosniff";
        headers["Referrer-Policy"] = "no-referrer";
        headers.CacheControl = CacheControlHeaderValue.NoCacheString;
        http.Response.ContentType = "text/html; charset=utf-8";
        http.Response.ContentLength = page.Length;
        if (!HttpMethods.IsHead(http.Request.Method))
        {
            await http.Response.Body.WriteAsync(page, http.RequestAborted);
        }
    }

    private static byte[] Load()
    {
        using var resource = typeof(PlaygroundEndpoint).Assembly.GetManifestResourceStream(Resource)
            ?? throw new InvalidOperationException($"The resource {Resource} is missing from the assembly.");
        using var page = new MemoryStream();
        resource.CopyTo(page);
        return page.ToArray();
    }
}
