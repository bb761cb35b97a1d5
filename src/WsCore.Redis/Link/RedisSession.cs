using System.Globalization;
using System.Net.Security;
using StackExchange.Redis;
using WsCore.Backplane;

namespace WsCore.Redis.Link;

/// <summary>One connection to one server, by one multiplexer that is never used for another: the client library is known here and in <see cref="ConnectionText"/> and <see cref="Replies"/> only.</summary>
/// <remarks>
/// Thread-safe. Every call ends within <see cref="CallTimeout"/>, which the library does not promise (a hung server is never noticed by it). The library would connect again
/// by itself, to whatever process is there then and without a word of what was missed: whenever one of its two sockets fails, the session is lost for good
/// (<see cref="IsLost"/>) and its owner makes another; where it is the one for messages, commands go on until then.
/// </remarks>
internal sealed class RedisSession
{
    public static readonly TimeSpan CallTimeout = TimeSpan.FromSeconds(2);

    private readonly ConnectionMultiplexer _multiplexer;
    private readonly SocketManager _sockets;
    private readonly IDatabase _database;
    private readonly ISubscriber _subscriber;
    private readonly TimeProvider _time;
    private readonly Action<RedisChannel, RedisValue> _arrived;
    private Action<RedisSession, Topic, byte[]>? _receive;
    private Action<RedisSession>? _onLost;
    private volatile bool _broken;
    private int _lost;

    private RedisSession(ConnectionMultiplexer multiplexer, SocketManager sockets, string endPoint, TimeProvider time)
    {
        (_multiplexer, _sockets, EndPoint, _time) = (multiplexer, sockets, endPoint, time);
        _multiplexer.PreserveAsyncOrder = true; // order within a channel; in 2.x the switch is gone, and ISubscriber.SubscribeAsync(channel) with its queue takes its place
        _database = multiplexer.GetDatabase();
        _subscriber = multiplexer.GetSubscriber();
        _arrived = (channel, value) => _receive?.Invoke(this, new Topic((byte[])channel!), (byte[])value!);
        _multiplexer.ConnectionFailed += (_, failure) => Lose(broken: failure.ConnectionType != ConnectionType.Subscription);
        _multiplexer.ConnectionRestored += (_, failure) => Lose(broken: failure.ConnectionType != ConnectionType.Subscription);
    }

    /// <summary>As the configuration writes it.</summary>
    public string EndPoint { get; }

    /// <summary>A socket of it failed, or it did not do what it should: it is to be replaced.</summary>
    public bool IsLost => Volatile.Read(ref _lost) != 0;

    /// <summary>No command is to be given to it.</summary>
    public bool IsBroken => _broken;

    /// <param name="options">Of the one end point, and of nobody else.</param>
    /// <param name="endPoint">As the configuration writes it.</param>
    /// <param name="time">Bounds every call.</param>
    /// <exception cref="UnavailableException">It is not there, or does not answer in time.</exception>
    public static async Task<RedisSession> ConnectAsync(ConfigurationOptions options, string endPoint, TimeProvider time)
    {
        // A multiplexer makes threads that write, and CloseAsync leaves them running; of these we know. Each has its own, for a server that does not read holds them up.
        var sockets = options.SocketManager = new SocketManager("wscore");

        string? refusal = null;
        options.CertificateValidation += (_, _, _, errors) =>
        {
            if (errors == SslPolicyErrors.None)
            {
                return true;
            }

            refusal = $"shows a certificate that is not accepted here ({errors}): have this machine trust who signed it, by its store or SSL_CERT_FILE, and connect by a name that it is for, or give that as sslHost";
            return false;
        };

        // Looking up names and TLS block here and there.
        var connecting = Task.Run(() => ConnectionMultiplexer.ConnectAsync(options));
        try
        {
            var multiplexer = await connecting.WaitAsync(CallTimeout + CallTimeout, time).ConfigureAwait(false);
            var session = new RedisSession(multiplexer, sockets, endPoint, time);
            if (multiplexer.IsConnected)
            {
                return session;
            }

            session.Close();
        }
        catch (Exception e) when (e is not UnavailableException)
        {
            CloseQuietly(connecting, sockets);
            throw new UnavailableException($"Redis at {endPoint} {refusal ?? $"cannot be reached: {e.Message}"}", e);
        }

        throw new UnavailableException($"Redis at {endPoint} {refusal ?? "cannot be reached"}.");
    }

    /// <summary>Who gets messages, on the library's thread: it must only take them; and who is told, once, that the session is lost.</summary>
    public void Watch(Action<RedisSession, Topic, byte[]> receive, Action<RedisSession> lost) => (_receive, _onLost) = (receive, lost);

    /// <summary>It is to be replaced.</summary>
    /// <param name="broken">Commands cannot be given to it until then, either.</param>
    public void Lose(bool broken)
    {
        _broken |= broken;
        if (Interlocked.Exchange(ref _lost, 1) == 0)
        {
            _onLost?.Invoke(this);
        }
    }

    /// <summary>A command that neither blocks nor subscribes.</summary>
    /// <exception cref="UnavailableException">No answer in time, or no connection.</exception>
    /// <exception cref="RefusedCommandException">Redis answered with an error.</exception>
    public ValueTask<Reply> CommandAsync(string command, params object[] arguments) => AnswerAsync(() => _database.ExecuteAsync(command, arguments));

    /// <inheritdoc cref="CommandAsync"/>
    public ValueTask<Reply> RunAsync(byte[] sha, byte[][] keys, Argument[] arguments)
    {
        var redisKeys = Array.ConvertAll(keys, key => (RedisKey)key);
        var values = Array.ConvertAll(arguments, argument => argument.Bytes is { } bytes ? (RedisValue)bytes : argument.Number);
        return AnswerAsync(() => _database.ScriptEvaluateAsync(sha, redisKeys, values)); // by the hash alone: the library would load a text by itself, on whatever server
    }

    /// <summary>Begins to subscribe; what was begun earlier is done earlier. Ends within <see cref="CallTimeout"/>.</summary>
    public Task SubscribeAsync(Topic topic) => CallAsync(() => _subscriber.SubscribeAsync(Channel(topic), _arrived));

    /// <summary>Begins to unsubscribe.</summary>
    public void Unsubscribe(Topic topic) => Observe(CallAsync(() => _subscriber.UnsubscribeAsync(Channel(topic))));

    /// <summary>Publishes without a word on whether it went. In order with all other calls.</summary>
    public void PublishUnconfirmed(Topic topic, byte[] message)
    {
        try
        {
            Observe(_subscriber.PublishAsync(Channel(topic), message, CommandFlags.FireAndForget));
        }
        catch (Exception e) when (e is ObjectDisposedException or RedisException)
        {
            // It was closed a moment ago. Whoever is to know hears it of a call that is confirmed.
        }
    }

    /// <summary>Publishes; then what was published before has been, too.</summary>
    /// <exception cref="UnavailableException">It is not known whether it was.</exception>
    public Task PublishAsync(Topic topic, byte[] message) => CallAsync(() => _subscriber.PublishAsync(Channel(topic), message));

    /// <summary>Ends it, in the background: the library's own Dispose waits for a hung server.</summary>
    public void Close()
    {
        _receive = null;
        _onLost = null;
        _broken = true;
        Interlocked.Exchange(ref _lost, 1);
        CloseQuietly(Task.FromResult(_multiplexer), _sockets);
    }

    private static void CloseQuietly(Task<ConnectionMultiplexer> connecting, SocketManager sockets) => Observe(Task.Run(async () =>
    {
        try
        {
            await (await connecting.ConfigureAwait(false)).CloseAsync(false).ConfigureAwait(false);
        }
        finally
        {
            sockets.Dispose(); // waits for nothing
        }
    }));

    // What fails when nobody waits for it any more must not come up as unobserved.
    private static void Observe(Task task)
    {
        if (!task.IsCompletedSuccessfully)
        {
            _ = task.ContinueWith(failed => _ = failed.Exception, CancellationToken.None, TaskContinuationOptions.OnlyOnFaulted | TaskContinuationOptions.ExecuteSynchronously, TaskScheduler.Default);
        }
    }

    private static RedisChannel Channel(Topic topic) => new(topic.Name, RedisChannel.PatternMode.Literal);

    private async ValueTask<Reply> AnswerAsync(Func<Task<RedisResult>> call)
    {
        var reply = await WithinAsync(async () => Replies.From(await call().ConfigureAwait(false))).ConfigureAwait(false);

        // The library completes calls, and delivers messages, one after the other on one thread: what follows must not hold it up.
        await Task.CompletedTask.ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        return reply;
    }

    private async Task CallAsync(Func<Task> call) => await WithinAsync(async () =>
    {
        await call().ConfigureAwait(false);
        return true;
    }).ConfigureAwait(false);

    private async Task<T> WithinAsync<T>(Func<Task<T>> call)
    {
        Task<T>? task = null;
        try
        {
            task = call();
            return await task.WaitAsync(CallTimeout, _time).ConfigureAwait(false);
        }
        catch (RedisServerException e)
        {
            throw new RefusedCommandException(e.Message);
        }
        catch (TimeoutException e)
        {
            if (task is not null)
            {
                Observe(task);
            }

            throw new UnavailableException(string.Create(CultureInfo.InvariantCulture, $"Redis at {EndPoint} did not answer within {CallTimeout.TotalSeconds} s."), e);
        }
        catch (Exception e) when (e is not UnavailableException)
        {
            // RedisConnectionException, ObjectDisposedException, TaskCanceledException: as the library ends what was under way.
            throw new UnavailableException($"The connection to Redis at {EndPoint} failed: {e.Message}", e);
        }
    }
}
