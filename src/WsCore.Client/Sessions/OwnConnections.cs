namespace WsCore.Client.Sessions;

/// <summary>The ids of the client's connections, the newest of them: what a recovery brings of one's own is known by them.</summary>
/// <remarks>Belongs to whoever holds the session's gate.</remarks>
internal sealed class OwnConnections
{
    private const int Remembered = 16;
    private readonly Queue<string> _ids = new(1);

    public OwnConnections() => IsOwn = id => _ids.Contains(id);

    public Func<string, bool> IsOwn { get; }

    public void Add(string id)
    {
        if (_ids.Count == Remembered)
        {
            _ids.Dequeue();
        }

        _ids.Enqueue(id);
    }
}
