namespace WsCore.Redis.Link;

/// <summary>Which session and which scripts are used now, and whether they work.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class LinkState(TimeProvider time, TimeSpan patience)
{
    private readonly Lock _lock = new();
    private volatile ScriptShelf? _shelf;
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _lastSeen;

    public ScriptShelf? Shelf => _shelf;

    /// <summary>A nonce came back lately.</summary>
    public bool IsUp => _shelf is not null && time.GetElapsedTime(Volatile.Read(ref _lastSeen)) < patience;

    /// <summary>A nonce came back on the session.</summary>
    public void Seen(RedisSession session)
    {
        if (_shelf?.Session == session)
        {
            var was = IsUp;
            Volatile.Write(ref _lastSeen, time.GetTimestamp());
            if (!was)
            {
                Announce();
            }
        }
    }

    /// <summary>Puts a session that has just proved itself in the place of the one before, which is returned.</summary>
    public RedisSession? Replace(ScriptShelf shelf)
    {
        RedisSession? old;
        lock (_lock)
        {
            old = _shelf?.Session;
            Volatile.Write(ref _lastSeen, time.GetTimestamp());
            _shelf = shelf;
        }

        Announce();
        return old;
    }

    /// <summary>Other scripts for the same session. False: something else has taken their place already.</summary>
    public bool Reshelve(ScriptShelf old, ScriptShelf shelf)
    {
        lock (_lock)
        {
            if (_shelf != old)
            {
                return false;
            }

            _shelf = shelf;
            return true;
        }
    }

    /// <summary>Completes with a session that works, as far as is known.</summary>
    public async ValueTask<RedisSession> UsableAsync(CancellationToken cancel)
    {
        while (true)
        {
            var changed = Volatile.Read(ref _changed).Task;
            if (IsUp && _shelf is { Session: { IsBroken: false } session })
            {
                return session;
            }

            await changed.WaitAsync(cancel).ConfigureAwait(false);
        }
    }

    private void Announce() => Interlocked.Exchange(ref _changed, new(TaskCreationOptions.RunContinuationsAsynchronously)).SetResult();
}
