using System.Collections.Concurrent;
using System.IO.Compression;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Logging;

namespace WsCore.FunctionalTests.Otlp;

/// <summary>A collector: keeps what is pushed to it, over <c>http/protobuf</c> or gRPC.</summary>
internal sealed class OtlpReceiver : IAsyncDisposable
{
    private const int GrpcPrefix = 5; // compressed or not, and the length
    private readonly WebApplication _app;
    private readonly bool _grpc;

    private OtlpReceiver(WebApplication app, bool grpc) => (_app, _grpc) = (app, grpc);

    /// <summary>Requests in the order of their arrival, each a serialized <c>ExportMetricsServiceRequest</c>.</summary>
    public ConcurrentQueue<(string Path, byte[] Body)> Requests { get; } = [];

    public string Address => _app.Urls.Single();

    /// <summary>Names of all instruments that arrived.</summary>
    public IReadOnlySet<string> Names => Requests.SelectMany(request => OtlpRequest.Names(request.Body)).ToHashSet(StringComparer.Ordinal);

    /// <summary>Attributes of the resource, of the newest request.</summary>
    public IReadOnlyDictionary<string, string> Resource => OtlpRequest.Resource(Requests.Last().Body);

    public static async Task<OtlpReceiver> StartAsync(bool grpc = false)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(
            System.Net.IPAddress.Loopback, 0, listen => listen.Protocols = grpc ? HttpProtocols.Http2 : HttpProtocols.Http1));
        var app = builder.Build();
        var receiver = new OtlpReceiver(app, grpc);
        app.Run(receiver.TakeAsync);
        await app.StartAsync();
        return receiver;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task TakeAsync(HttpContext http)
    {
        using var body = new MemoryStream();
        await using var content = http.Request.Headers.ContentEncoding == "gzip" ? new GZipStream(http.Request.Body, CompressionMode.Decompress) : http.Request.Body;
        await content.CopyToAsync(body);
        Requests.Enqueue((http.Request.Path.Value!, body.ToArray()[(_grpc ? GrpcPrefix : 0)..]));
        if (!_grpc)
        {
            http.Response.ContentType = "application/x-protobuf"; // an empty answer: everything was taken
            return;
        }

        http.Response.ContentType = "application/grpc";
        await http.Response.Body.WriteAsync(new byte[GrpcPrefix]);
        http.Response.AppendTrailer("grpc-status", "0");
    }
}
