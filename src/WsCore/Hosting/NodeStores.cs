using WsCore.Backplane;
using WsCore.History;
using WsCore.Presence;
using WsCore.Reliability;

namespace WsCore.Hosting;

/// <summary>What a node shares with others, or keeps beyond its connections.</summary>
internal sealed record NodeStores(IHistoryStore History, IDedupeStore Dedupe, IPresenceStoreFactory Presence, IBackplane Backplane);
