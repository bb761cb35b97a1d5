using System.Diagnostics.Metrics;
using Microsoft.Extensions.Logging;
using WsCore.Backplane;
using WsCore.Redis.Bus;
using WsCore.Redis.Hosting;
using WsCore.Redis.Keys;

namespace WsCore.Redis.Link;

/// <summary>The link on StackExchange.Redis, guarded against its faults (docs/decisions/0015) and against servers with old data (0016).</summary>
/// <remarks>
/// Thread-safe. Three loops run from <see cref="Start"/> to <see cref="DisposeAsync"/>: one connects whenever that is needed, one watches (each second), one publishes; and the inbox's consumer.
/// A session that failed is replaced as a whole: greeted, subscribed to everything, and proved by a nonce that comes back, before it takes the place of the old one.
/// </remarks>
internal sealed partial class RedisLink : IRedisLink, IAsyncDisposable
{
    /// <summary>How long after the last nonce that came back the link counts as up.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(3);

    /// <summary>What clients are told, who need not know what is behind it.</summary>
    private const string Away = "The servers cannot reach what they share at the moment; repeat it later.";

    private const int LookAround = 10; // seconds: where there are several end points

    private static readonly TimeSpan Interval = TimeSpan.FromSeconds(1);
    private static readonly LuaScript Probe = LuaScript.From("probe", "return 1");

    private readonly ConnectionText _text;
    private readonly ServerChoice _choice;
    private readonly Greeting _greeting;
    private readonly Subscriptions _subscriptions;
    private readonly BusQueue _queue;
    private readonly BusInbox _inbox;
    private readonly LinkMetrics _metrics;
    private readonly Nonces _nonces;
    private readonly TimeProvider _time;
    private readonly ILogger<RedisLink> _logger;
    private readonly Restorations _restorations;
    private readonly CancellationTokenSource _stop = new();
    private readonly SemaphoreSlim _wanted = new(1, 1); // released: a session is wanted
    private readonly SemaphoreSlim _greetingAgain = new(1, 1);
    private readonly LinkState _state;
    private Task _running = Task.CompletedTask;
    private volatile RedisSession? _receiving;
    private TimeSpan _offset;
    private string? _problem;
    private string? _warnedOf;

    /// <exception cref="FormatException">The connection cannot be used; the message is a sentence.</exception>
    public RedisLink(RedisOptions options, string node, TimeProvider time, IMeterFactory meters, ILogger<RedisLink> logger)
    {
        (_time, _logger, NodeId) = (time, logger, node);
        _text = ConnectionText.Parse(options.Connection ?? throw new FormatException("There is no connection to Redis in the configuration."));
        Keys = new RedisKeys(options.Prefix);
        Codec = new BusCodec(BusKey.Of(options));
        _choice = new ServerChoice(_text, Keys.Server, time);
        _greeting = new Greeting(Keys.Server);
        _restorations = new Restorations(e => LoopFailed(logger, e));
        _subscriptions = new Subscriptions(time);
        _state = new LinkState(time, Patience);
        _metrics = new LinkMetrics(meters, () => _queue!.Count, () => _inbox!.Count, () => IsUp);
        _nonces = new Nonces(Codec, Keys.Node(node), node, time);
        _queue = new BusQueue(options.QueueSize, _state.UsableAsync, _metrics);
        _inbox = new BusInbox(Codec, node, _metrics, _restorations.Call, time, logger);
    }

    public RedisKeys Keys { get; }

    public BusCodec Codec { get; }

    /// <summary>The <see cref="NodeInfo.Id"/> that envelopes carry.</summary>
    public string NodeId { get; }

    public bool IsUp => _state.IsUp;

    public bool TakesCalls => IsUp && _state.Shelf is { Session.IsBroken: false };

    public bool HasRoom => _queue.HasRoom;

    /// <summary>Why it is not up, in a sentence; null while it is.</summary>
    public string? Problem => IsUp ? null : Volatile.Read(ref _problem) ?? "Redis has not been reached yet.";

    /// <summary>The server that scripts run on now; null before the first.</summary>
    public ServerIdentity? Server => _state.Shelf?.Identity;

    /// <summary>For tests: what scripts add to Redis' clock. Zero unless set.</summary>
    public TimeSpan Offset
    {
        get => _offset;
        set
        {
            _offset = value;
            if (_state.Shelf is { } shelf)
            {
                _state.Reshelve(shelf, new ScriptShelf(shelf.Session, shelf.Identity, Keys.Prefix, value));
            }
        }
    }

    public async ValueTask<Reply> RunAsync(LuaScript script, byte[][] keys, params Argument[] arguments)
    {
        try
        {
            return await RunWhereItIsAsync(script, keys, arguments).ConfigureAwait(false);
        }
        catch (UnavailableException e)
        {
            throw new UnavailableException(Away, e); // what it says is for the log: it names end points, and repeats what Redis said
        }
    }

    public ValueTask OpenAsync(Topic topic) => new(_subscriptions.OpenAsync(topic));

    public void Close(Topic topic) => _subscriptions.Close(topic);

    public bool TryPublish(Topic topic, byte[] envelope)
    {
        if (_queue.TryAdd(topic, envelope))
        {
            return true;
        }

        _metrics.Dropped(1, "queue_full");
        return false;
    }

    public void On(BusKind kind, Func<Topic, BusEnvelope, ValueTask> handler) => _inbox.On(kind, handler);

    public void OnRestored(Action restored) => _restorations.Add(restored);

    public void Start()
    {
        _ = _subscriptions.OpenAsync(Keys.Everybody);
        _ = _subscriptions.OpenAsync(Keys.Node(NodeId));
        var cancel = _stop.Token;
        _running = Task.WhenAll(
            LoopAsync(ConnectAsync, cancel), LoopAsync(WatchAsync, cancel), LoopAsync(_queue.PumpAsync, cancel), LoopAsync(_inbox.ConsumeAsync, cancel));
    }

    /// <summary>Stops at once; what waits to be published is lost.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync().ConfigureAwait(false);
        await _running.ConfigureAwait(false);
        _state.Shelf?.Session.Close();
    }

    // A loop that failed begins anew a second later: nothing here may end the process, nor end silently.
    private async Task LoopAsync(Func<CancellationToken, Task> loop, CancellationToken cancel)
    {
        while (!cancel.IsCancellationRequested)
        {
            try
            {
                await Task.Run(() => loop(cancel), cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException) when (cancel.IsCancellationRequested)
            {
            }
            catch (Exception e)
            {
                LoopFailed(_logger, e);
                await Task.Delay(Interval, _time, CancellationToken.None).ConfigureAwait(false);
            }
        }
    }

    private void Want(RedisSession session)
    {
        if (session == _receiving || session == _state.Shelf?.Session)
        {
            lock (_wanted)
            {
                if (_wanted.CurrentCount == 0)
                {
                    _wanted.Release();
                }
            }
        }
    }

    private async Task ConnectAsync(CancellationToken cancel)
    {
        while (true)
        {
            while (_state.Shelf is not { Session.IsLost: false } || !IsUp)
            {
                cancel.ThrowIfCancellationRequested(); // an attempt may last longer than the interval, and then nothing below does this
                var began = _time.GetTimestamp();
                try
                {
                    await ReplaceAsync(cancel).ConfigureAwait(false);
                    continue;
                }
                catch (Exception e) when (e is UnavailableException or RefusedCommandException)
                {
                    if (Interlocked.Exchange(ref _problem, e.Message) != e.Message)
                    {
                        NotConnected(_logger, e.Message);
                    }
                }

                if (Interval - _time.GetElapsedTime(began) is { Ticks: > 0 } rest)
                {
                    await Task.Delay(rest, _time, cancel).ConfigureAwait(false);
                }
            }

            await _wanted.WaitAsync(cancel).ConfigureAwait(false); // at the end, so that a loop that failed begins with looking
        }
    }

    // The old session is used until the new one has proved itself, for it may be only half broken.
    private async Task ReplaceAsync(CancellationToken cancel)
    {
        var (session, facts) = await _choice.ConnectAsync(_greeting.Seen).ConfigureAwait(false);
        try
        {
            session.Watch(Receive, Want);
            var (identity, news) = await _greeting.GreetAsync(session, facts).ConfigureAwait(false);
            _receiving = session;
            await _subscriptions.MoveToAsync(session).ConfigureAwait(false);
            var nonce = _nonces.Send(session);
            await nonce.WaitAsync(RedisSession.CallTimeout, _time, cancel).ConfigureAwait(false);
            if (session.IsLost)
            {
                throw new UnavailableException($"Redis at {session.EndPoint} was lost at once.");
            }

            var old = _state.Replace(new ScriptShelf(session, identity, Keys.Prefix, _offset));
            _ = RetireAsync(old);
            Volatile.Write(ref _problem, null);
            _metrics.Connected();
            Connected(_logger, session.EndPoint, facts.Version, identity.RunId, identity.Incarnation, news);
            if (facts.MemoryPolicy is not ("" or "noeviction") && facts.MemoryPolicy != _warnedOf)
            {
                _warnedOf = facts.MemoryPolicy;
                Evicts(_logger, facts.MemoryPolicy);
            }
        }
        catch (Exception e)
        {
            _receiving = null; // not the one before: its channels are subscribed no more where it counts, and what it brings late may have come
            session.Close();
            throw e is TimeoutException ? new UnavailableException($"Redis at {session.EndPoint} answers, but no message came back through it.", e) : e is OperationCanceledException ? e
                : e is UnavailableException or RefusedCommandException ? e : new UnavailableException(e.Message, e);
        }

        _restorations.Call();
    }

    // Calls that are under way on one that is only deaf get their answers.
    private async Task RetireAsync(RedisSession? old)
    {
        if (old is { IsBroken: false })
        {
            await Task.Delay(RedisSession.CallTimeout, _time, CancellationToken.None).ConfigureAwait(false);
        }

        old?.Close();
    }

    // The exceptions of this one may say what is the matter; see its only caller.
    private async ValueTask<Reply> RunWhereItIsAsync(LuaScript script, byte[][] keys, Argument[] arguments)
    {
        for (var again = false; ; again = true)
        {
            var shelf = _state.Shelf;
            if (shelf is null || !IsUp || shelf.Session.IsBroken)
            {
                throw new UnavailableException(Problem ?? $"The connection to Redis at {shelf?.Session.EndPoint} has just failed.");
            }

            try
            {
                return await shelf.RunAsync(script, keys, arguments).ConfigureAwait(false);
            }
            catch (RefusedCommandException e) when (e.IsOtherServer && !again)
            {
                await GreetAgainAsync(shelf).ConfigureAwait(false); // it was not run
            }
            catch (RefusedCommandException e) when (e.IsState)
            {
                if (e.IsReadOnly)
                {
                    shelf.Session.Lose(broken: true);
                }

                throw new UnavailableException($"Redis at {shelf.Session.EndPoint} says: {e.Message}", e);
            }
            catch (RefusedCommandException e)
            {
                throw new InvalidOperationException($"The script {script.Name} failed: {e.Message}", e);
            }
        }
    }

    // Another process answers on the same connection, its scripts were flushed, or its data was wiped.
    private async Task GreetAgainAsync(ScriptShelf shelf)
    {
        var changed = false;
        await _greetingAgain.WaitAsync().ConfigureAwait(false);
        try
        {
            if (_state.Shelf == shelf)
            {
                if (!IsUp || shelf.Session.IsBroken)
                {
                    throw new UnavailableException("Redis cannot be reached."); // all who wait here have waited for it together, not each in turn
                }

                var facts = await ServerFacts.ReadAsync(shelf.Session).ConfigureAwait(false);
                var (identity, _) = await _greeting.GreetAsync(shelf.Session, facts).ConfigureAwait(false);
                _state.Reshelve(shelf, new ScriptShelf(shelf.Session, identity, Keys.Prefix, _offset));
                changed = identity != shelf.Identity;
                if (changed)
                {
                    Changed(_logger, shelf.Session.EndPoint, identity.RunId, identity.Incarnation);
                }
            }
        }
        catch (RefusedCommandException e)
        {
            throw new UnavailableException($"Redis at {shelf.Session.EndPoint} says: {e.Message}", e);
        }
        finally
        {
            _greetingAgain.Release();
        }

        if (changed)
        {
            _restorations.Call();
        }
    }

    private async Task WatchAsync(CancellationToken cancel)
    {
        using var timer = new PeriodicTimer(Interval, _time);
        var wasUp = IsUp;
        var tick = 0;
        while (await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false))
        {
            _subscriptions.Sweep();
            if (_state.Shelf is not { } shelf)
            {
                continue;
            }

            // Lost or not: it may have come up and gone silent between two ticks, with the whole process stopped in between.
            if (!IsUp && (wasUp || !shelf.Session.IsLost))
            {
                Volatile.Write(ref _problem, "No message came back through Redis for 3 s.");
                Lost(_logger, shelf.Session.EndPoint);
                shelf.Session.Lose(broken: true);
            }

            wasUp = IsUp;
            if (!shelf.Session.IsLost)
            {
                _ = _nonces.Send(shelf.Session);
                _ = CheckAsync(shelf, tick++ % LookAround == 0);
            }
        }
    }

    // Whether it is still a master, with the data that the scripts were prepared for.
    private async Task CheckAsync(ScriptShelf shelf, bool lookAround)
    {
        try
        {
            var role = await shelf.Session.CommandAsync("ROLE").ConfigureAwait(false);
            if (role[0].Text != "master")
            {
                Volatile.Write(ref _problem, $"Redis at {shelf.Session.EndPoint} became a replica.");
                shelf.Session.Lose(broken: true);
                return;
            }

            await RunAsync(Probe, []).ConfigureAwait(false);
            if (lookAround && await _choice.FindNewerAsync(shelf.Session.EndPoint, shelf.Identity.Incarnation).ConfigureAwait(false) is { } newer)
            {
                Volatile.Write(ref _problem, $"Redis at {newer} has taken the place of the one at {shelf.Session.EndPoint}.");
                shelf.Session.Lose(broken: true);
            }
        }
        catch (Exception e) when (e is UnavailableException or RefusedCommandException or InvalidOperationException or InvalidDataException)
        {
            // The nonce tells whether it is there; this is only about which it is.
        }
    }

    // On the client library's thread.
    private void Receive(RedisSession session, Topic topic, byte[] bytes)
    {
        if (session != _receiving)
        {
            return;
        }

        if (_nonces.TryTake(topic, bytes) is { } trip)
        {
            _metrics.RoundTrip(trip);
            _state.Seen(session);
            return;
        }

        _inbox.Add(topic, bytes);
    }
}
