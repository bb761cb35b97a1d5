namespace WsCore.Redis.Presence;

/// <summary>A connection of this node that is in a room, whether or not Redis knows.</summary>
/// <remarks>Owned by its <see cref="PresenceView"/>, under that one's lock.</remarks>
internal sealed class LocalMember(long ticket, string key)
{
    public long Ticket { get; } = ticket;

    public string Key { get; } = key;

    /// <summary>It is being said to Redis now; who compares leaves it alone.</summary>
    public bool IsJoining { get; set; } = true;

    /// <summary>What its member showed, and since when it was there (ms), where another node has taken it out: it is brought back with that. Else null.</summary>
    public (byte[] State, long Since)? TakenOut { get; set; }

    /// <summary>The sink knows that it has come, so it hears the others.</summary>
    public bool IsTold { get; set; }
}
