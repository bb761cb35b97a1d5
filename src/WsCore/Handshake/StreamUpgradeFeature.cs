using Microsoft.AspNetCore.Http.Features;

namespace WsCore.Handshake;

/// <summary>Lets the platform negotiate the upgrade and keeps the bytes for us.</summary>
/// <remarks>
/// The platform's middleware asks this feature for the stream once it has checked the request and set the answer's headers. It gets an empty one, so the
/// <c>WebSocket</c> that it makes around it can never write into ours, whatever timers it has.
/// </remarks>
internal sealed class StreamUpgradeFeature(IHttpUpgradeFeature inner) : IHttpUpgradeFeature
{
    public bool IsUpgradableRequest => inner.IsUpgradableRequest;

    /// <summary>The connection's bytes after the 101; null before.</summary>
    public Stream? Stream { get; private set; }

    public async Task<Stream> UpgradeAsync()
    {
        Stream = await inner.UpgradeAsync().ConfigureAwait(false);
        return Stream.Null;
    }
}
