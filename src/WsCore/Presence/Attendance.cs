using WsCore.Rooms;

namespace WsCore.Presence;

/// <summary>Keeps the presence store in step with who is in the rooms.</summary>
/// <remarks>
/// Thread-safe; called under no gate. A join and the end of the same membership may run at the same time, on two threads. No ghost stays: the join enters the
/// membership into its room, then the store, then looks whether it is still in the room; the end takes it out of the room, then out of the store. If the look comes
/// before the taking out, the end's leave comes after the join in the store and undoes it. If it comes after, the join sees it and leaves in the store itself.
/// Twice is harmless. And nobody is lost: a late leave of an earlier membership has a lower ticket than the connection's new one, and the store ignores it.
/// </remarks>
internal sealed class Attendance(IPresenceStore store)
{
    public IPresenceStore Store { get; } = store;

    /// <summary>A membership has begun, or is confirmed by joining again.</summary>
    /// <param name="membership">In a room with presence.</param>
    /// <param name="state">One JSON value, or empty.</param>
    /// <returns>Members afterwards.</returns>
    public async ValueTask<int> JoinAsync(Membership membership, ReadOnlyMemory<byte> state)
    {
        var (room, who) = (membership.Room, Of(membership));
        var count = await Store.JoinAsync(room.Name, who, state).ConfigureAwait(false);
        if (!room.Has(membership, out var lost))
        {
            await Store.LeaveAsync(room.Name, who, lost).ConfigureAwait(false);
        }

        return count;
    }

    /// <summary>A membership has ended.</summary>
    public void Left(Membership membership, bool lost)
    {
        if (membership.Room.HasPresence)
        {
            _ = Store.LeaveAsync(membership.Room.Name, Of(membership), lost).AsTask(); // it never fails, and nobody waits for it
        }
    }

    /// <summary>False: the membership has ended.</summary>
    public ValueTask<bool> UpdateAsync(Membership membership, ReadOnlyMemory<byte> state) =>
        Store.UpdateAsync(membership.Room.Name, Of(membership), state);

    private static PresenceConnection Of(Membership membership) =>
        new(membership.Connection.Id, membership.Connection.User, membership.Ticket);
}
