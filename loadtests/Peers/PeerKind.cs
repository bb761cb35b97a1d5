namespace WsCore.LoadTests.Peers;

/// <summary>Which client makes the connections.</summary>
internal enum PeerKind
{
    /// <summary>Frames read from and written to the socket by this project: costs the tester least.</summary>
    Raw,

    /// <summary><see cref="WsCore.Client.WsClient"/>.</summary>
    Client,
}
