namespace WsCore.Presence;

/// <summary>A connection as presence knows it.</summary>
/// <param name="Connection">Its id.</param>
/// <param name="User">Null where it is anonymous.</param>
internal readonly record struct PresenceConnection(string Connection, string? User);
