using Microsoft.Extensions.Options;
using WsCore.Hosting;

namespace WsCore.Presence;

/// <summary>Of a node that stands alone.</summary>
internal sealed class MemoryPresenceStoreFactory(IOptions<WsCoreOptions> options, TimeProvider time) : IPresenceStoreFactory
{
    public IPresenceStore Create(IPresenceSink sink, Func<string, bool> isConnected) => new MemoryPresenceStore(sink, options.Value.Presence, time, isConnected);
}
