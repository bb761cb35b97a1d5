namespace WsCore.Presence;

/// <summary>What happens in a room: the first three by their names on the wire.</summary>
internal enum PresenceChangeKind
{
    /// <summary>A member has come, with its first connection; so that connection has arrived too.</summary>
    Joined,

    /// <summary>A member has gone.</summary>
    Left,

    /// <summary>A member shows another state.</summary>
    Updated,

    /// <summary>A further connection of a member is there, or one that is back: nobody is told, but from here on it hears the others. What was told before is in
    /// the count and the members that its join was answered with.</summary>
    Arrived,
}
