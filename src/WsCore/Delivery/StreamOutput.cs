using Microsoft.AspNetCore.Http.Features;

namespace WsCore.Delivery;

/// <summary>Writes to a stream, where a server has no pipe to offer.</summary>
internal sealed class StreamOutput(Stream stream, IHttpRequestLifetimeFeature lifetime) : IOutput
{
    public IHttpRequestLifetimeFeature? Lifetime => lifetime;

    public CancellationToken Gone => lifetime.RequestAborted;

    public async ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        await stream.WriteAsync(frames).ConfigureAwait(false);
        await stream.FlushAsync().ConfigureAwait(false);
    }

    public void Abort() => lifetime.Abort();
}
