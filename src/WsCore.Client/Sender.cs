namespace WsCore.Client;

/// <summary>Who sent a message.</summary>
/// <param name="Connection">The id of the connection.</param>
/// <param name="User">Whose it is; null where it is anonymous.</param>
public sealed record Sender(string Connection, string? User);
