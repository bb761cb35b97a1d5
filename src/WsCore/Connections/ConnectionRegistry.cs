using System.Collections;
using System.Collections.Concurrent;
using WsCore.Heartbeat;

namespace WsCore.Connections;

/// <summary>The connections of this node.</summary>
/// <remarks>Thread-safe. Enumerating sees connections as they are found, while others come and go.</remarks>
internal sealed class ConnectionRegistry : IEnumerable<Connection>
{
    private readonly ConcurrentDictionary<string, Connection> _connections = new(StringComparer.Ordinal);
    private int _count;
    private int _admitted;
    private TaskCompletionSource? _empty;

    /// <summary>Connections that have a transport, those that are refused or closing included.</summary>
    public int Count => Volatile.Read(ref _count);

    public Connection? Find(string id) => _connections.GetValueOrDefault(id);

    /// <summary>When to look at which of them.</summary>
    public WatchList Watch { get; } = new();

    public void Add(Connection connection)
    {
        _connections[connection.Id] = connection;
        Watch.Add(connection);
        Interlocked.Increment(ref _count);
    }

    /// <summary>Lets a connection count among those that are served, unless there are <paramref name="most"/>; 0 is no limit.</summary>
    public bool TryAdmit(Connection connection, int most)
    {
        if (Interlocked.Increment(ref _admitted) > most && most > 0)
        {
            Interlocked.Decrement(ref _admitted);
            return false;
        }

        connection.IsAdmitted = true;
        return true;
    }

    public void Remove(Connection connection)
    {
        if (_connections.TryRemove(connection.Id, out _))
        {
            Watch.Remove(connection);
            var left = Interlocked.Decrement(ref _count);
            if (connection.IsAdmitted)
            {
                Interlocked.Decrement(ref _admitted);
            }

            if (left == 0)
            {
                Volatile.Read(ref _empty)?.TrySetResult();
            }
        }
    }

    /// <summary>Completes when, from now on, there was a moment without a connection; for a node that takes no more.</summary>
    public Task WhenEmpty()
    {
        var empty = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        empty = Interlocked.CompareExchange(ref _empty, empty, null) ?? empty; // before the count is read: who removes the last one sees one of the two
        if (Count == 0)
        {
            empty.TrySetResult();
        }

        return empty.Task;
    }

    public IEnumerator<Connection> GetEnumerator()
    {
        foreach (var (_, connection) in _connections)
        {
            yield return connection;
        }
    }

    IEnumerator IEnumerable.GetEnumerator() => GetEnumerator();
}
