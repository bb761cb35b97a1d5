namespace WsCore.Redis.Once;

/// <summary>What Redis has of a request.</summary>
internal enum RecordState
{
    /// <summary>Nothing that still counts: it is this node's now.</summary>
    First,

    /// <summary>Its answer.</summary>
    Done,

    /// <summary>It is another request with the same key.</summary>
    Conflict,

    /// <summary>Another node carries it out.</summary>
    Elsewhere,

    /// <summary>Nothing that still counts, and this node may add nothing.</summary>
    Full,
}
