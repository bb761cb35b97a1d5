using WsCore.Connections;

namespace WsCore.Heartbeat;

/// <summary>When to look at which connection next: the moments side by side, so that a pass over all of them stays in the processor's cache.</summary>
/// <remarks>
/// Thread-safe, one short lock, which is a leaf: nothing is called under it. Connections come, go and ask to be looked at soon (<see cref="Soon"/>) from any thread; one
/// thread at a time, the sweeper's, takes those that are due and puts each back with its next moment. A connection that asked between the two
/// keeps what it asked for.
/// </remarks>
internal sealed class WatchList
{
    private const long Taken = long.MaxValue;
    private const int LeastCapacity = 64;

    private readonly Lock _gate = new();
    private long[] _moments = new long[LeastCapacity];
    private Connection?[] _connections = new Connection?[LeastCapacity];
    private int _count;

    /// <summary>From here on it is looked at; the first time by the next sweep, which finds out when it must be looked at again.</summary>
    public void Add(Connection connection)
    {
        lock (_gate)
        {
            if (_count == _moments.Length)
            {
                Array.Resize(ref _moments, _count * 2);
                Array.Resize(ref _connections, _count * 2);
            }

            _moments[_count] = 0;
            _connections[_count] = connection;
            connection.WatchIndex = _count++;
            connection.Watch = this;
        }
    }

    public void Remove(Connection connection)
    {
        lock (_gate)
        {
            var index = connection.WatchIndex;
            if (index < 0)
            {
                return;
            }

            // the last one takes its place
            var last = --_count;
            _moments[index] = _moments[last];
            _connections[index] = _connections[last];
            _connections[index]!.WatchIndex = index;
            _connections[last] = null;
            connection.WatchIndex = -1;
        }
    }

    /// <summary>A time-out has begun that may end before the next look: the next sweep looks.</summary>
    public void Soon(Connection connection)
    {
        lock (_gate)
        {
            if (connection.WatchIndex >= 0)
            {
                _moments[connection.WatchIndex] = 0;
            }
        }
    }

    /// <summary>Takes all that are due at a moment; each must be put back.</summary>
    public void TakeDue(long now, List<Connection> due)
    {
        lock (_gate)
        {
            var moments = _moments.AsSpan(0, _count);
            for (var i = 0; i < moments.Length; i++)
            {
                if (moments[i] <= now)
                {
                    moments[i] = Taken;
                    due.Add(_connections[i]!);
                }
            }
        }
    }

    /// <summary>Puts back what was taken: <paramref name="next"/> has the moment of each, by its place in <paramref name="due"/>.</summary>
    public void PutBack(List<Connection> due, ReadOnlySpan<long> next)
    {
        lock (_gate)
        {
            for (var i = 0; i < due.Count; i++)
            {
                var index = due[i].WatchIndex;
                if (index >= 0 && _moments[index] == Taken)
                {
                    _moments[index] = next[i];
                }
            }
        }
    }
}
