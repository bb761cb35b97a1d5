using System.Diagnostics.Metrics;
using WsCore.Diagnostics;
using WsCore.Presence;

namespace WsCore.Redis.Presence;

/// <summary>Of a node that shares its rooms over Redis.</summary>
/// <param name="parts">What the store is made of.</param>
/// <param name="meters">For its instruments; null where nobody measures.</param>
internal sealed class RedisPresenceStoreFactory(RedisPresenceParts parts, IMeterFactory? meters = null) : IPresenceStoreFactory
{
    public IPresenceStore Create(IPresenceSink sink, Func<string, bool> isConnected)
    {
        var store = new RedisPresenceStore(parts, sink, isConnected);
        if (meters?.Create(WsCoreMetrics.MeterName) is { } meter)
        {
            parts.Nodes.Register(meter);
            meter.CreateObservableCounter("wscore.presence.repaired", () => store.Repaired, "{room}", "Times that a room's members were read anew, because a change was missed or could not be told.");
        }

        return store;
    }
}
