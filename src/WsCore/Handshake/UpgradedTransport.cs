using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.Features;
using WsCore.Delivery;

namespace WsCore.Handshake;

/// <summary>The two ends of a connection after the 101.</summary>
/// <remarks>
/// Over HTTP/1.1 a connection serves one upgraded request until it ends, and the server neither reads nor writes in the meantime; so we take the pipes of the
/// transport (TLS included) that Kestrel's own request and response streams stand on, and save their copies, locks and timers. Where a server does not show
/// them, the upgraded stream does.
/// </remarks>
internal sealed class UpgradedTransport
{
    private readonly bool _ownsInput;

    private UpgradedTransport(PipeReader input, IOutput output, bool ownsInput)
    {
        Input = input;
        Output = output;
        _ownsInput = ownsInput;
    }

    public PipeReader Input { get; }

    public IOutput Output { get; }

    public static UpgradedTransport Of(HttpContext http, Stream upgraded)
    {
        // The feature and not the request: whoever aborts may come just after the request has ended, when its HttpContext throws.
        var lifetime = http.Features.GetRequiredFeature<IHttpRequestLifetimeFeature>();
        if (HttpProtocol.IsHttp11(http.Request.Protocol) && http.Features.Get<IConnectionTransportFeature>() is { Transport: { } pipes })
        {
            return new UpgradedTransport(pipes.Input, new PipeOutput(pipes.Output, lifetime), ownsInput: false);
        }

        // a zero-byte read waits without a buffer
        var input = PipeReader.Create(upgraded, new StreamPipeReaderOptions(leaveOpen: true, useZeroByteReads: true));
        return new UpgradedTransport(input, new StreamOutput(upgraded, lifetime), ownsInput: true);
    }

    /// <summary>Gives back what is ours; the transport's pipes are the server's to complete.</summary>
    public ValueTask EndAsync() => _ownsInput ? Input.CompleteAsync() : default;
}
