namespace WsCore.Redis.Link;

/// <summary>Redis, as the rest of this package sees it: it answers in time or says that it does not.</summary>
/// <remarks>
/// Thread-safe. <c>IsUp</c> is the watchdog's word: a nonce came back through the subscription within the last seconds. While it is false everything fails at once.
/// </remarks>
internal interface IRedisLink
{
    bool IsUp { get; }

    /// <summary>Up, and its connection has not just failed: that is known before a nonce is missed.</summary>
    bool TakesCalls => IsUp;

    /// <summary>Why it is not up, in a sentence; null while it is.</summary>
    string? Problem => IsUp ? null : "Redis does not answer.";

    /// <summary>Runs a script by the hash of the text that was made for the server this link knows. On another server (restarted, promoted) that hash is unknown: the
    /// link then learns which server it is, prepares the scripts for it, and runs the script there if it had not been run.</summary>
    /// <exception cref="WsCore.Backplane.UnavailableException">The link is down, or there was no answer in time: it is not known whether the script ran, or will.</exception>
    /// <exception cref="InvalidOperationException">The script failed: a fault of ours.</exception>
    ValueTask<Reply> RunAsync(LuaScript script, byte[][] keys, params Argument[] arguments);

    /// <summary>One more wants a channel: the first subscribes. Completes when messages arrive, or at once while the link is down; after an outage it is subscribed again.</summary>
    ValueTask OpenAsync(Topic topic);

    /// <summary>One wants it no longer. Some time after the last the subscription ends, so that coming and going costs nothing.</summary>
    void Close(Topic topic);

    /// <summary>Takes an envelope (<see cref="Bus.BusEnvelope"/>) for a channel into the bounded queue. False: it is full. Never blocks.</summary>
    bool TryPublish(Topic topic, byte[] envelope);

    /// <summary>The queue takes more. Where this was true a moment ago <see cref="TryPublish"/> does not fail: a few fit beyond the bound, for those that asked at the same time.</summary>
    bool HasRoom { get; }

    /// <summary>Who gets what arrives of a kind. Set before <see cref="Start"/>.</summary>
    void On(Bus.BusKind kind, Func<Topic, Bus.BusEnvelope, ValueTask> handler);

    /// <summary>Called after every moment at which messages may have been lost, once they arrive again; also after the first connection. On a pool thread, not
    /// under a lock; must not throw, and must not wait for long. Set before <see cref="Start"/>.</summary>
    void OnRestored(Action restored);

    /// <summary>Begins to connect, in the background, and to watch. Redis need not be there.</summary>
    void Start();
}
