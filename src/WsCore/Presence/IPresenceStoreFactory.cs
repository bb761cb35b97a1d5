namespace WsCore.Presence;

/// <summary>Makes the presence store of a node, whose sink is there only once the node's rooms are.</summary>
internal interface IPresenceStoreFactory
{
    /// <summary>Called once, before the node takes connections.</summary>
    /// <param name="sink">Hears of changes in rooms that have members on this node.</param>
    /// <param name="isConnected">Whether a user has a connection here.</param>
    IPresenceStore Create(IPresenceSink sink, Func<string, bool> isConnected);
}
