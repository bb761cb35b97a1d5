using WsCore.Connections;
using WsCore.Delivery;

namespace WsCore.Rooms;

/// <summary>A connection in a room.</summary>
/// <remarks><see cref="RoomIndex"/> belongs to the room, under its gate.</remarks>
internal sealed class Membership(Room room, Connection connection, Part part, long since) : Subscription(part, connection.Outbox)
{
    public Room Room { get; } = room;

    public Connection Connection { get; } = connection;

    /// <summary>When it joined, Unix milliseconds.</summary>
    public long Since { get; } = since;

    /// <summary>Where it stands in the room's list; -1 when it has left.</summary>
    internal int RoomIndex { get; set; } = -1;

    /// <summary>Leaves the room. False: it had left before.</summary>
    public bool Leave(Frame? farewell = null) => Room.Leave(this, farewell);
}
