namespace WsCore.Client;

/// <summary>Where a client is in its life.</summary>
public enum ClientState
{
    /// <summary>Made, and nothing begun.</summary>
    New,

    /// <summary>There is no connection yet, or none any more: the client is at it.</summary>
    Connecting,

    /// <summary>There is a connection, and the rooms are joined.</summary>
    Connected,

    /// <summary>Over, by disposing or because the server said not to come back. See <see cref="WsClient.Completion"/>.</summary>
    Closed,
}
