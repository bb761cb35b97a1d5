namespace WsCore.Backplane;

/// <summary>Whom a message of another node is for.</summary>
internal enum BusTarget
{
    /// <summary>The members of one room, a personal one included.</summary>
    Room,

    /// <summary>Everybody who is in any room of a namespace, each once.</summary>
    Namespace,

    /// <summary>Every connection.</summary>
    Everybody,
}
