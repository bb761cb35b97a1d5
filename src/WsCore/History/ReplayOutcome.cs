namespace WsCore.History;

/// <summary>What became of a step of a replay.</summary>
internal enum ReplayOutcome
{
    /// <summary>The subscription is live: nothing is left to replay.</summary>
    Live,

    /// <summary>There is more, to be read when the reader has taken this.</summary>
    More,

    /// <summary>The member has messages already that have yet to come to the room here: to be looked at again a little later.</summary>
    Ahead,

    /// <summary>The room has forgotten messages that the reader had yet to get.</summary>
    Overtaken,

    /// <summary>The member left, or joined again.</summary>
    Cancelled,
}
