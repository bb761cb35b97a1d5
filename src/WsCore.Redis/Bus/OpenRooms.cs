using WsCore.Rooms;

namespace WsCore.Redis.Bus;

/// <summary>The rooms that somebody here is in, found by the bytes of an envelope: what arrives for others is nobody's, and no name or frame is made for it.</summary>
/// <remarks>Thread-safe; its lock is a leaf. A room's next life may begin before its last is over, so they are counted.</remarks>
internal sealed class OpenRooms
{
    private readonly Lock _gate = new();
    private readonly Dictionary<RoomName, int> _rooms = new(RoomNameComparer.Instance);
    private readonly Dictionary<RoomName, int>.AlternateLookup<ReadOnlySpan<byte>> _byBytes;

    public OpenRooms() => _byBytes = _rooms.GetAlternateLookup<ReadOnlySpan<byte>>();

    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _rooms.Count;
            }
        }
    }

    public void Add(RoomName room)
    {
        lock (_gate)
        {
            _rooms[room] = _rooms.GetValueOrDefault(room) + 1;
        }
    }

    public void Remove(RoomName room)
    {
        lock (_gate)
        {
            if (_rooms.TryGetValue(room, out var count))
            {
                if (count == 1)
                {
                    _rooms.Remove(room);
                }
                else
                {
                    _rooms[room] = count - 1;
                }
            }
        }
    }

    /// <summary>Null: nobody here is in it.</summary>
    public RoomName? Find(ReadOnlySpan<byte> name)
    {
        lock (_gate)
        {
            return _byBytes.TryGetValue(name, out var room, out _) ? room : null;
        }
    }
}
