using Microsoft.AspNetCore.Http.Features;

namespace WsCore.Delivery;

/// <summary>Writes to a stream: any transport, TLS included.</summary>
/// <remarks>
/// It keeps the request's lifetime and not the request: whoever aborts – the sweeper, a lane, a node that stops – may come just after the request has ended,
/// when its <c>HttpContext</c> throws, which on a timer's or a lane's thread would end the process.
/// </remarks>
internal sealed class StreamOutput(Stream stream, IHttpRequestLifetimeFeature lifetime) : IOutput
{
    // Kestrel's upgraded stream flushes with every write; a flush of its own would only cost a second pass through its locks.
    public ValueTask WriteAsync(ReadOnlyMemory<byte> frames) => stream.WriteAsync(frames);

    public void Abort() => lifetime.Abort();

    public CancellationToken Gone => lifetime.RequestAborted;
}
