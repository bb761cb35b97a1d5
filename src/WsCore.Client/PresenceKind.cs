namespace WsCore.Client;

/// <summary>What a member of a room did.</summary>
public enum PresenceKind
{
    /// <summary>Came.</summary>
    Joined,

    /// <summary>Went.</summary>
    Left,

    /// <summary>Shows another state.</summary>
    Updated,
}
