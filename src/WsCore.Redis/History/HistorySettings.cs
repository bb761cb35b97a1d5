namespace WsCore.Redis.History;

/// <summary>What the histories on Redis need to know.</summary>
/// <param name="Node">This node's id.</param>
/// <param name="OnceWindow">How long the answer to a request with <c>once</c> is known.</param>
internal sealed record HistorySettings(string Node, TimeSpan OnceWindow);
