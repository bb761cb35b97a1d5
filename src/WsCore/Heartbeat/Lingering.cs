using System.Collections.Concurrent;
using Microsoft.AspNetCore.Http.Features;

namespace WsCore.Heartbeat;

/// <summary>Transports whose connections have ended: what the server still drains to a socket that nobody reads is cut after a while.</summary>
/// <remarks>Thread-safe. In order of their ends, so a sweep looks only at what is due; held weakly, so that those which end as they should – nearly all – are gone by then.</remarks>
internal sealed class Lingering
{
    private readonly ConcurrentQueue<(WeakReference<IHttpRequestLifetimeFeature> Transport, long Since)> _ended = new();

    public void Add(IHttpRequestLifetimeFeature transport, long now) => _ended.Enqueue((new WeakReference<IHttpRequestLifetimeFeature>(transport), now));

    /// <summary>Cuts those that ended at or before a moment. Cutting one that is gone does nothing.</summary>
    public void Cut(long before)
    {
        while (_ended.TryPeek(out var first) && first.Since <= before && _ended.TryDequeue(out var ended))
        {
            if (ended.Transport.TryGetTarget(out var transport))
            {
                transport.Abort();
            }
        }
    }
}
