namespace WsCore.Redis.Presence;

/// <summary>How a view stands to what Redis knows.</summary>
internal enum ViewState
{
    /// <summary>Nobody has asked Redis yet.</summary>
    Empty,

    /// <summary>The first join asks.</summary>
    Loading,

    /// <summary>It is what Redis had at its version; later changes come one by one.</summary>
    Synced,

    /// <summary>Something was missed, or happened here that Redis does not know: it is to be compared.</summary>
    Stale,
}
