using WsCore.Backplane;

namespace WsCore.Redis.Link;

/// <summary>Which channels are wanted, by how many, and on which session each is subscribed.</summary>
/// <remarks>
/// Thread-safe. Under its lock the session is only told to begin something; what it is told first it does first. A channel is subscribed once on a session: twice, and every message
/// would arrive twice.
/// </remarks>
internal sealed class Subscriptions(TimeProvider time)
{
    /// <summary>How long a channel that nobody wants stays subscribed.</summary>
    public static readonly TimeSpan Linger = TimeSpan.FromSeconds(30);

    private const int Batch = 1_000;

    private readonly Lock _lock = new();
    private readonly Dictionary<Topic, Subscription> _all = [];
    private readonly Queue<(Topic Topic, long Since)> _idle = new();
    private RedisSession? _session;

    /// <summary>Channels that are subscribed or to be; for tests.</summary>
    public int Count
    {
        get
        {
            lock (_lock)
            {
                return _all.Count;
            }
        }
    }

    /// <inheritdoc cref="IRedisLink.OpenAsync"/>
    public Task OpenAsync(Topic topic)
    {
        lock (_lock)
        {
            if (!_all.TryGetValue(topic, out var subscription))
            {
                _all.Add(topic, subscription = new Subscription());
            }

            subscription.Wanted++;
            return _session is { IsLost: false } session ? Subscribe(topic, subscription, session) : Task.CompletedTask;
        }
    }

    /// <inheritdoc cref="IRedisLink.Close"/>
    public void Close(Topic topic)
    {
        lock (_lock)
        {
            if (_all.TryGetValue(topic, out var subscription) && subscription.Wanted > 0 && --subscription.Wanted == 0)
            {
                subscription.IdleSince = time.GetTimestamp();
                _idle.Enqueue((topic, subscription.IdleSince));
            }
        }
    }

    /// <summary>Ends what nobody has wanted for a while.</summary>
    public void Sweep()
    {
        lock (_lock)
        {
            while (_idle.TryPeek(out var first) && time.GetElapsedTime(first.Since) >= Linger)
            {
                _idle.Dequeue();
                if (_all.TryGetValue(first.Topic, out var subscription) && subscription.Wanted == 0 && subscription.IdleSince == first.Since)
                {
                    _all.Remove(first.Topic);
                    if (subscription.Session is { IsLost: false } session && session == _session)
                    {
                        session.Unsubscribe(first.Topic);
                    }
                }
            }
        }
    }

    /// <summary>From now on everything is subscribed on this session. Completes when all of it is.</summary>
    /// <exception cref="UnavailableException">The session was lost over it.</exception>
    public async Task MoveToAsync(RedisSession session)
    {
        Topic[] topics;
        lock (_lock)
        {
            _session = session;
            topics = [.. _all.Keys];
        }

        foreach (var batch in topics.Chunk(Batch))
        {
            var tasks = new List<Task>(batch.Length);
            lock (_lock)
            {
                foreach (var topic in batch)
                {
                    if (_all.TryGetValue(topic, out var subscription))
                    {
                        tasks.Add(Subscribe(topic, subscription, session));
                    }
                }
            }

            await Task.WhenAll(tasks).ConfigureAwait(false);
            if (session.IsLost)
            {
                throw new UnavailableException($"Redis at {session.EndPoint} was lost while its channels were subscribed.");
            }
        }
    }

    // Under the lock.
    private static Task Subscribe(Topic topic, Subscription subscription, RedisSession session)
    {
        if (subscription.Session != session)
        {
            subscription.Session = session;
            subscription.Done = SubscribeOrLoseAsync(topic, session);
        }

        return subscription.Done;
    }

    private static async Task SubscribeOrLoseAsync(Topic topic, RedisSession session)
    {
        try
        {
            await session.SubscribeAsync(topic).ConfigureAwait(false);
        }
        catch (Exception e) when (e is UnavailableException or RefusedCommandException)
        {
            session.Lose(broken: false); // the next one subscribes everything
        }

        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding); // as in RedisSession: off the library's thread
    }

    private sealed class Subscription
    {
        public int Wanted { get; set; }

        public long IdleSince { get; set; }

        public RedisSession? Session { get; set; }

        public Task Done { get; set; } = Task.CompletedTask;
    }
}
