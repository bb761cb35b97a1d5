using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Redis.History;

/// <summary>The newest positions heard of rooms that nobody of this node is in: so that most messages to them are written for the right epoch at once.</summary>
/// <remarks>Thread-safe; a leaf among the locks. Bounded: of up to twice <paramref name="capacity"/> rooms, those that were not asked for since others filled half of it are dropped.</remarks>
internal sealed class KnownPositions(int capacity)
{
    private readonly Lock _gate = new();
    private Dictionary<RoomName, Position> _young = [];
    private Dictionary<RoomName, Position> _old = [];

    public Position? Find(RoomName room)
    {
        lock (_gate)
        {
            if (!_young.TryGetValue(room, out var position))
            {
                if (!_old.TryGetValue(room, out position))
                {
                    return null;
                }

                Put(room, position);
            }

            return position;
        }
    }

    /// <summary>A position that the room has or had. The greater number of an epoch stays.</summary>
    public void Set(RoomName room, Position position)
    {
        lock (_gate)
        {
            if (!_young.TryGetValue(room, out var known) || known.Epoch != position.Epoch || known.Seq < position.Seq)
            {
                Put(room, position);
            }
        }
    }

    private void Put(RoomName room, Position position)
    {
        if (_young.Count >= capacity)
        {
            (_old, _young) = (_young, []);
        }

        _young[room] = position;
    }
}
