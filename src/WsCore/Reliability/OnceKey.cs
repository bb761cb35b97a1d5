namespace WsCore.Reliability;

/// <summary>An idempotency key and whose it is.</summary>
/// <param name="User">Null for all anonymous connections, which share one key space.</param>
/// <param name="Once">16 to 64 characters of the client's choice.</param>
internal readonly record struct OnceKey(string? User, string Once);
