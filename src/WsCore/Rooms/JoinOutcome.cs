namespace WsCore.Rooms;

/// <summary>What came of a join.</summary>
internal enum JoinOutcome : byte
{
    /// <summary>A member now.</summary>
    Joined,

    /// <summary>A member already; nothing changed.</summary>
    AlreadyMember,

    /// <summary>The room takes no more connections.</summary>
    Full,

    /// <summary>The connection is over.</summary>
    ConnectionOver,

    /// <summary>The room emptied and went in the meantime: look it up again.</summary>
    RoomRetired,
}
