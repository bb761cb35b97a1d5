namespace WsCore.Rooms;

/// <summary>The rooms that one connection is in.</summary>
/// <remarks>
/// Thread-safe. Its lock is the innermost: taken under a room's gate, and nothing is called under it. Once everything has been left, nothing can be added:
/// a join that races with the end of its connection comes to nothing.
/// </remarks>
internal sealed class Memberships
{
    private readonly Lock _gate = new();
    private Membership[] _items = [];
    private int _count;
    private bool _closed;

    public int Count => Volatile.Read(ref _count);

    /// <summary>The membership in a room, or null.</summary>
    public Membership? Find(Room room)
    {
        lock (_gate)
        {
            foreach (var membership in _items.AsSpan(0, _count))
            {
                if (membership.Room == room)
                {
                    return membership;
                }
            }

            return null;
        }
    }

    /// <summary>False: the connection is over.</summary>
    public bool TryAdd(Membership membership)
    {
        lock (_gate)
        {
            if (_closed)
            {
                return false;
            }

            if (_count == _items.Length)
            {
                Array.Resize(ref _items, _count == 0 ? 2 : _count * 2);
            }

            _items[_count++] = membership;
            return true;
        }
    }

    public void Remove(Membership membership)
    {
        lock (_gate)
        {
            var index = Array.IndexOf(_items, membership, 0, _count);
            if (index >= 0)
            {
                _items[index] = _items[--_count];
                _items[_count] = null!;
            }
        }
    }

    /// <summary>The connection ends: it leaves every room, as lost, and takes no other from now on.</summary>
    public void LeaveAll()
    {
        Membership[] items;
        int count;
        lock (_gate)
        {
            _closed = true;
            (items, count) = (_items, _count);
            (_items, _count) = ([], 0);
        }

        foreach (var membership in items.AsSpan(0, count))
        {
            membership.Leave(lost: true);
        }
    }
}
