using WsCore.Rooms;

namespace WsCore.Presence;

/// <summary>Who is in the rooms whose namespaces have presence.</summary>
/// <remarks>
/// Thread-safe. A member is a user with all their connections in the room, or one anonymous connection. Each change is told to the <see cref="IPresenceSink"/> once,
/// those of one room one after the other. Joining and leaving are idempotent: a connection that is there already, or not there, changes nothing.
/// </remarks>
internal interface IPresenceStore
{
    /// <summary>A connection has joined. A member that comes is told as joined, one that comes back within the grace is not.</summary>
    /// <param name="room">The room.</param>
    /// <param name="who">The connection.</param>
    /// <param name="state">One JSON value; empty: none given, what the member had stays. Copied.</param>
    /// <returns>Members afterwards.</returns>
    ValueTask<int> JoinAsync(RoomName room, PresenceConnection who, ReadOnlyMemory<byte> state);

    /// <summary>A connection is out of the room. With its member's last one the member leaves: at once, or after the grace where the connection was lost.</summary>
    ValueTask LeaveAsync(RoomName room, PresenceConnection who, bool lost);

    /// <summary>A member shows another state. False: the connection is not there.</summary>
    ValueTask<bool> UpdateAsync(RoomName room, PresenceConnection who, ReadOnlyMemory<byte> state);

    /// <summary>Users first, then anonymous connections, in the order of <see cref="Member.Key"/>; those in their grace included.</summary>
    ValueTask<IReadOnlyList<Member>> MembersAsync(RoomName room);
}
