using WsCore.History;
using WsCore.Reliability;

namespace WsCore.Hosting;

/// <summary>Where a node keeps what outlives its connections.</summary>
internal sealed record NodeStores(IHistoryStore History, IDedupeStore Dedupe);
