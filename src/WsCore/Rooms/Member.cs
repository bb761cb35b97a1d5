using WsCore.Access;

namespace WsCore.Rooms;

/// <summary>A member of a room: a user with all their connections, or an anonymous connection.</summary>
/// <param name="User">The user, or null for an anonymous connection.</param>
/// <param name="Connections">Ids of the connections with which the member is in the room; one for an anonymous member, none for a member that was lost a moment ago
/// (<c>Presence:Grace</c>).</param>
/// <param name="Since">When the first of them joined.</param>
/// <param name="State">What the member shows to the others, JSON; null for nothing, and where the namespace has no presence.</param>
public sealed record Member(string? User, IReadOnlyList<string> Connections, DateTimeOffset Since, Payload? State = null)
{
    /// <summary>The id of an anonymous connection, also when it was lost; null for a user.</summary>
    public string? Connection { get; init; } = User is null && Connections.Count > 0 ? Connections[0] : null;

    /// <summary>What members are ordered and paged by: users by name, then anonymous connections by id.</summary>
    internal string Key => User ?? AnonymousKey(Connection!);

    internal static string AnonymousKey(string connection) => "\uFFFF\uFFFF" + connection;
}
