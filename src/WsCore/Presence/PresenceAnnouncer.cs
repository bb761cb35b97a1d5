using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Dispatch;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Presence;

/// <summary>Makes one frame of each change and hands it to the room's members on this node.</summary>
/// <remarks>
/// Called for one room by one thread at a time, for several rooms by several. Who has just come is not told of itself, and hears the others from its own place in the
/// order on: the answer to its join counts what was before.
/// </remarks>
internal sealed class PresenceAnnouncer(RoomManager rooms, ConnectionRegistry connections) : IPresenceSink
{
    private long _joined;
    private long _left;
    private long _updated;

    /// <summary>How often a change was told; each kind for itself.</summary>
    public long Told(PresenceChangeKind kind) => kind switch
    {
        PresenceChangeKind.Joined => Volatile.Read(ref _joined),
        PresenceChangeKind.Left => Volatile.Read(ref _left),
        PresenceChangeKind.Updated => Volatile.Read(ref _updated),
        _ => 0,
    };

    public void Changed(RoomName room, in PresenceChange change)
    {
        Count(change.Kind);
        if (rooms.Find(room) is not { } here)
        {
            return; // nobody is left to hear it
        }

        var own = connections.Find(change.Who.Connection);
        if (change.Kind != PresenceChangeKind.Arrived && here.Listeners > 0)
        {
            here.Announce(FrameOf(room, change), own);
        }

        if (own is not null && change.Kind is PresenceChangeKind.Joined or PresenceChangeKind.Arrived)
        {
            here.Listen(own);
        }
    }

    public ValueTask WaitForRoomAsync() => rooms.WaitForLanesAsync();

    private static Frame FrameOf(RoomName room, PresenceChange change) =>
        Replies.Make((room, change), static (buffer, it) => EnvelopeWriter.Presence(buffer, TypeOf(it.change.Kind), it.room.Json.Span, it.change));

    private static ReadOnlySpan<byte> TypeOf(PresenceChangeKind kind) => kind switch
    {
        PresenceChangeKind.Joined => "joined"u8,
        PresenceChangeKind.Left => "left"u8,
        _ => "updated"u8,
    };

    private void Count(PresenceChangeKind kind)
    {
        switch (kind)
        {
            case PresenceChangeKind.Joined:
                Interlocked.Increment(ref _joined);
                break;
            case PresenceChangeKind.Left:
                Interlocked.Increment(ref _left);
                break;
            case PresenceChangeKind.Updated:
                Interlocked.Increment(ref _updated);
                break;
        }
    }
}
