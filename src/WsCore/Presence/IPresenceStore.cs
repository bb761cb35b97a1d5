using WsCore.Rooms;

namespace WsCore.Presence;

/// <summary>Who is in the rooms whose namespaces have presence.</summary>
/// <remarks>
/// Thread-safe. A member is a user with all their connections in the room, or one anonymous connection. Each change is told to the <see cref="IPresenceSink"/> once,
/// those of one room one after the other, by whichever thread is at it: it may be told shortly after the call that made it has completed. Joining and leaving are
/// idempotent: a connection that is there already, or not there, changes nothing; and what is older than what is known of a connection, by
/// <see cref="PresenceConnection.Ticket"/>, changes nothing either.
/// </remarks>
internal interface IPresenceStore
{
    /// <summary>Members of the rooms that have members on this node, each room for itself, those in their grace included; a reading.</summary>
    long Members { get; }

    /// <summary>A connection has joined. A member that comes is told as joined, one that comes back within the grace is not; the connection is told as
    /// arrived then.</summary>
    /// <param name="room">The room.</param>
    /// <param name="who">The connection.</param>
    /// <param name="state">One JSON value; empty: none given, what the member had stays. One that differs from it is told as updated. Copied.</param>
    /// <returns>Members afterwards.</returns>
    ValueTask<int> JoinAsync(RoomName room, PresenceConnection who, ReadOnlyMemory<byte> state);

    /// <summary>A connection is out of the room. With its member's last one the member leaves: at once, or after the grace where the connection was lost.
    /// Never fails: what a store cannot do now it does later.</summary>
    ValueTask LeaveAsync(RoomName room, PresenceConnection who, bool lost);

    /// <summary>A member shows another state; the same one is no change. False: the connection is not there. The state is copied.</summary>
    ValueTask<bool> UpdateAsync(RoomName room, PresenceConnection who, ReadOnlyMemory<byte> state);

    /// <summary>A user has a first connection here, or has lost the last one. The two may overtake each other: what counts is how often each came. Never fails.</summary>
    void Connected(string user, bool here);

    /// <summary>Users first, then anonymous connections, in the order of <see cref="Member.Key"/>; those in their grace included.</summary>
    ValueTask<IReadOnlyList<Member>> MembersAsync(RoomName room);

    /// <summary>Which of these users have a connection anywhere; in the order asked, no user twice.</summary>
    ValueTask<IReadOnlyList<string>> OnlineAsync(IEnumerable<string> users);
}
