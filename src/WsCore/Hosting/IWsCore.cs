using WsCore.Access;
using WsCore.Backplane;
using WsCore.Rooms;

namespace WsCore.Hosting;

/// <summary>The server, for the application's own code: injected where it is wanted. Thread-safe. Where several nodes are one system, what is done on one is done on all.</summary>
/// <remarks>
/// Messages of the application carry no <c>from</c>. Tasks complete when the message has been handed to its receivers' lanes on this node and, where there are others, to the
/// queue that leads to them (in rooms with history: when it has its number); while lanes are overloaded they wait, so await them. <see cref="UnavailableException"/>: that queue is
/// full, and nobody got the message; or, in a room with history, what keeps it cannot be reached, and it is not known whether it was published. Names of rooms and users that are none throw <see cref="ArgumentException"/>, and so
/// does a payload over half of <c>Outbox:MaxBytes</c>.
/// </remarks>
public interface IWsCore
{
    /// <summary>Delivers a message to the members of a room.</summary>
    /// <param name="room">The room's whole name, 1 to 255 bytes.</param>
    /// <param name="payload">What it carries.</param>
    /// <param name="eventName">1 to 64 characters, or null.</param>
    /// <param name="reliable">It comes again until each receiver confirms it; also without, where the namespace says so. Not in a conflated room.</param>
    /// <param name="key">1 to 64 characters, or null: in a conflated room the newest message of a key is the one that leaves. Those without share one.</param>
    ValueTask BroadcastAsync(string room, Payload payload, string? eventName = null, bool reliable = false, string? key = null);

    /// <summary>Delivers a message once to every connection that is in any room of a namespace.</summary>
    /// <param name="namespaceName">The prefix without its colon; <c>default</c> for rooms without one.</param>
    /// <param name="payload">What it carries.</param>
    /// <param name="eventName">1 to 64 characters, or null.</param>
    ValueTask BroadcastToNamespaceAsync(string namespaceName, Payload payload, string? eventName = null);

    /// <summary>Delivers a message to every connection.</summary>
    /// <param name="payload">What it carries.</param>
    /// <param name="eventName">1 to 64 characters, or null.</param>
    ValueTask BroadcastToEverybodyAsync(Payload payload, string? eventName = null);

    /// <summary>Delivers a message to every connection of a user.</summary>
    /// <param name="user">1 to 250 bytes.</param>
    /// <param name="payload">What it carries.</param>
    /// <param name="eventName">1 to 64 characters, or null.</param>
    /// <param name="reliable">It comes again until each of them confirms it; also without, where the namespace <c>user</c> says so.</param>
    ValueTask SendAsync(string user, Payload payload, string? eventName = null, bool reliable = false);

    /// <summary>Closes a connection with 4004, on whichever node it is. False: there is none of that id.</summary>
    /// <param name="connectionId">The connection's id.</param>
    /// <param name="reason">A sentence for the client's developer.</param>
    /// <exception cref="UnavailableException">It is not here, and the other nodes cannot be reached, or not all of them answered.</exception>
    ValueTask<bool> DisconnectAsync(string connectionId, string reason);

    /// <summary>Closes every connection of a user with 4004, on all nodes; returns how many there were.</summary>
    /// <param name="user">The user.</param>
    /// <param name="reason">A sentence for the client's developer.</param>
    /// <exception cref="UnavailableException">Those here have been closed; the other nodes cannot be reached, or not all of them answered, so some of theirs may not have been.
    /// Repeating it does no harm.</exception>
    ValueTask<int> DisconnectUserAsync(string user, string reason);

    /// <summary>Who is in a room on this node at this moment, users first, then anonymous connections; whether or not its namespace has presence, and without
    /// <see cref="Member.State"/>.</summary>
    /// <param name="room">The room's whole name.</param>
    IReadOnlyList<Member> Members(string room);

    /// <summary>Who is in a room, as its members are told it where its namespace has presence: with what each shows, and with those who were lost a moment ago
    /// (<c>Presence:Grace</c>). Elsewhere the same as <see cref="Members"/>.</summary>
    /// <param name="room">The room's whole name.</param>
    ValueTask<IReadOnlyList<Member>> MembersAsync(string room);

    /// <summary>Which of these users have a connection, in the order asked, no user twice; whether or not clients may ask it.</summary>
    /// <param name="users">Each 1 to 250 bytes.</param>
    ValueTask<IReadOnlyList<string>> OnlineAsync(IEnumerable<string> users);

    /// <summary>Takes every connection of a user out of a room, on all nodes, and tells them with <c>removed</c>; returns how many there were.</summary>
    /// <param name="room">The room's whole name; not a personal room.</param>
    /// <param name="user">The user.</param>
    /// <exception cref="UnavailableException">Those here have been removed; the other nodes cannot be reached, or not all of them answered, so some of theirs may not have been.
    /// Repeating it does no harm.</exception>
    ValueTask<int> RemoveUserAsync(string room, string user);

    /// <summary>Takes a connection out of a room, on whichever node it is, and tells it with <c>removed</c>. False: it was not in it.</summary>
    /// <param name="room">The room's whole name; not a personal room.</param>
    /// <param name="connectionId">The connection's id.</param>
    /// <exception cref="UnavailableException">It is not in it here, and the other nodes cannot be reached, or not all of them answered.</exception>
    ValueTask<bool> RemoveAsync(string room, string connectionId);

    /// <summary>The nodes that live now, this one included.</summary>
    /// <exception cref="UnavailableException">It cannot be known now.</exception>
    ValueTask<IReadOnlyList<NodeInfo>> NodesAsync();
}
