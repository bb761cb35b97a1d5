namespace WsCore.Backplane;

/// <summary>What a node can be asked to do.</summary>
internal enum NodeCommandKind
{
    /// <summary>Close a connection with 4004.</summary>
    Disconnect,

    /// <summary>Close every connection of a user with 4004.</summary>
    DisconnectUser,

    /// <summary>Take a connection out of a room.</summary>
    Remove,

    /// <summary>Take every connection of a user out of a room.</summary>
    RemoveUser,
}
