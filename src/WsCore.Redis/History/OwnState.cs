namespace WsCore.Redis.History;

/// <summary>What became of a draft on its way to the sink.</summary>
internal enum OwnState
{
    /// <summary>Its message has not come to its place yet.</summary>
    Waiting,

    /// <summary>The sink has got it.</summary>
    Delivered,

    /// <summary>Nobody is there to get it, or whoever is came after its place: whoever appended it numbers it.</summary>
    Passed,

    /// <summary>Its place was left out, or is in a life that is over, while somebody was there: an answer would be a place after messages that they never get, and
    /// it may be lost like these.</summary>
    Lost,

    /// <summary>It could not be numbered; the sink has got the message without it.</summary>
    Failed,

    /// <summary>Whoever appended it has given up: its message comes without it.</summary>
    Withdrawn,
}
