namespace WsCore.Redis.History;

/// <summary>What became of an append.</summary>
internal enum AppendOutcome
{
    /// <summary>All messages have their numbers.</summary>
    Done,

    /// <summary>One was written for another epoch, or for a shorter number; nothing was done.</summary>
    Other,

    /// <summary>The request's claim is another's by now; nothing was done.</summary>
    ClaimLost,
}
