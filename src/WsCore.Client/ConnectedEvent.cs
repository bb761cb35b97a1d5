namespace WsCore.Client;

/// <summary>There is a new connection, and the rooms are joined again.</summary>
public sealed record ConnectedEvent(Welcome Welcome) : ClientEvent;
