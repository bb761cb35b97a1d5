namespace WsCore.Client;

/// <summary>A connection ended, or none could be made.</summary>
/// <param name="CloseCode">1006 where there was no close frame, or no connection.</param>
/// <param name="Reason">For people.</param>
/// <param name="RetryIn">When the client tries again; null when it does not.</param>
public sealed record DisconnectedEvent(int CloseCode, string Reason, TimeSpan? RetryIn) : ClientEvent;
