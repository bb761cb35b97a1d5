namespace WsCore.Rooms;

/// <summary>A member of a room: a user with all their connections, or an anonymous connection.</summary>
/// <param name="User">The user, or null for an anonymous connection.</param>
/// <param name="Connections">Ids of the connections with which the member is in the room; one for an anonymous member.</param>
/// <param name="Since">When the first of them joined.</param>
public sealed record Member(string? User, IReadOnlyList<string> Connections, DateTimeOffset Since)
{
    /// <summary>What members are ordered and paged by: users by name, then anonymous connections by id.</summary>
    internal string Key => User ?? AnonymousKey(Connections[0]);

    internal static string AnonymousKey(string connection) => "\uFFFF\uFFFF" + connection;
}
