using System.Collections;
using System.Collections.Concurrent;

namespace WsCore.Connections;

/// <summary>The connections of this node.</summary>
/// <remarks>Thread-safe. Enumerating sees connections as they are found, while others come and go.</remarks>
internal sealed class ConnectionRegistry : IEnumerable<Connection>
{
    private readonly ConcurrentDictionary<string, Connection> _connections = new(StringComparer.Ordinal);
    private int _count;

    public int Count => Volatile.Read(ref _count);

    public Connection? Find(string id) => _connections.GetValueOrDefault(id);

    /// <summary>Adds a connection; returns how many there are with it.</summary>
    public int Add(Connection connection)
    {
        _connections[connection.Id] = connection;
        return Interlocked.Increment(ref _count);
    }

    public void Remove(Connection connection)
    {
        if (_connections.TryRemove(connection.Id, out _))
        {
            Interlocked.Decrement(ref _count);
        }
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
