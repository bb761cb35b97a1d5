using WsCore.Connections;
using WsCore.Delivery;
using WsCore.History;

namespace WsCore.Rooms;

/// <summary>A connection in a room.</summary>
/// <remarks><see cref="RoomIndex"/>, <see cref="Replay"/>, <see cref="IsLost"/> and <see cref="Listening"/> belong to the room, under its gate.</remarks>
internal sealed class Membership(Room room, Connection connection, Part part, long since) : Subscription(part, connection.Outbox)
{
    private static long s_tickets;

    public Room Room { get; } = room;

    public Connection Connection { get; } = connection;

    /// <summary>When it joined, Unix milliseconds.</summary>
    public long Since { get; } = since;

    /// <summary>Its number among the memberships of this node: that of a later one is higher.</summary>
    public long Ticket { get; } = Interlocked.Increment(ref s_tickets);

    /// <summary>Where it stands in the room's list; -1 when it has left.</summary>
    public int RoomIndex { get; set; } = -1;

    /// <summary>It ended with its connection.</summary>
    public bool IsLost { get; set; }

    /// <summary>What the room's announcements of presence reach; null before it has arrived, and where there is no presence.</summary>
    public Subscription? Listening { get; set; }

    /// <summary>It is catching up; null while it is live.</summary>
    public Replay? Replay { get; set; }

    /// <inheritdoc cref="Room.Leave"/>
    public bool Leave(Frame? farewell = null, bool lost = false) => Room.Leave(this, farewell, lost);
}
