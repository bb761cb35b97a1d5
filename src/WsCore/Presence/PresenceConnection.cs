using WsCore.Rooms;

namespace WsCore.Presence;

/// <summary>A connection as presence knows it.</summary>
/// <param name="Connection">Its id.</param>
/// <param name="User">Null where it is anonymous.</param>
/// <param name="Ticket">Of the membership: a later one of the same connection has a higher number. A leave that is overtaken by the connection's joining again
/// has the lower one, and so takes nothing away.</param>
internal readonly record struct PresenceConnection(string Connection, string? User, long Ticket = 0)
{
    /// <summary><see cref="Member.Key"/> of its member.</summary>
    public string Key => User ?? Member.AnonymousKey(Connection);
}
