using WsCore.Connections;
using WsCore.Delivery;
using WsCore.History;

namespace WsCore.Rooms;

/// <summary>A connection in a room.</summary>
/// <remarks><see cref="RoomIndex"/> and <see cref="Replay"/> belong to the room, under its gate.</remarks>
internal sealed class Membership(Room room, Connection connection, Part part, long since) : Subscription(part, connection.Outbox)
{
    public Room Room { get; } = room;

    public Connection Connection { get; } = connection;

    /// <summary>When it joined, Unix milliseconds.</summary>
    public long Since { get; } = since;

    /// <summary>Where it stands in the room's list; -1 when it has left.</summary>
    public int RoomIndex { get; set; } = -1;

    /// <summary>It is catching up; null while it is live.</summary>
    public Replay? Replay { get; set; }

    /// <inheritdoc cref="Room.Leave"/>
    public bool Leave(Frame? farewell = null) => Room.Leave(this, farewell);
}
