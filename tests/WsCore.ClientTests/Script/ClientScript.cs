using WsCore.TestKit.Time;

namespace WsCore.ClientTests.Script;

/// <summary>A client, the server that it talks to, and the clock, all in the hands of a test.</summary>
/// <remarks>Without more said the jitter is nothing at all, so that the client comes back without any time passing.</remarks>
internal sealed class ClientScript : IAsyncDisposable
{
    private static readonly TimeSpan Millisecond = TimeSpan.FromMilliseconds(1);

    private ScriptedConnection? _connection;
    private EventReader? _events;
    private MessageReader? _messages;

    public ClientScript(Func<WsClientOptions, WsClientOptions>? configure = null)
    {
        Server = new ScriptedServer(Clock);
        var options = new WsClientOptions { Time = Clock, Random = Random };
        Client = new WsClient(Server, configure?.Invoke(options) ?? options);
    }

    public ManualTimeProvider Clock { get; } = new();

    public FixedRandom Random { get; } = new(0);

    public ScriptedServer Server { get; }

    public WsClient Client { get; }

    /// <summary>The newest connection.</summary>
    public ScriptedConnection Connection => _connection ?? throw new InvalidOperationException("There was no connection yet.");

    public EventReader Events => _events ??= new EventReader(Client);

    public MessageReader Messages => _messages ??= new MessageReader(Client);

    /// <summary>With a connection that has its welcome.</summary>
    public static async Task<ClientScript> ConnectedAsync(Func<WsClientOptions, WsClientOptions>? configure = null, WelcomeText? welcome = null)
    {
        var script = new ClientScript(configure);
        var connecting = script.Client.ConnectAsync();
        await script.AcceptAsync(welcome);
        await connecting.WithTimeout(ScriptedConnection.Patience);
        return script;
    }

    /// <summary>Accepts the next try and welcomes it.</summary>
    public async Task<ScriptedConnection> AcceptAsync(WelcomeText? welcome = null)
    {
        _connection = await Server.AcceptAsync();
        await _connection.WelcomeAsync(welcome);
        return _connection;
    }

    /// <summary>Drops the connection, and lets the client come back to a new one, which has its welcome. Its join is not read.</summary>
    public Task<ScriptedConnection> ReconnectAsync(WelcomeText? welcome = null)
    {
        Connection.Drop();
        return AcceptAsync(welcome ?? new WelcomeText { Connection = "c2" });
    }

    /// <summary>The same, and the client is asked to join these rooms only, which is answered with the same fields for each.</summary>
    public async Task<ScriptedJoin> RejoinAsync(string fields = "")
    {
        await ReconnectAsync();
        var join = await Connection.ExpectJoinAsync();
        await join.AckAsync(fields);
        return join;
    }

    /// <summary>Joins a room; the answer has these fields.</summary>
    public async Task<Joined> JoinAsync(string room, string fields = "", JoinOptions? options = null)
    {
        var joining = Client.JoinAsync(room, options);
        var join = await Connection.ExpectJoinAsync();
        Assert.Equal([room], join.Rooms);
        await join.AckAsync(fields);
        return await joining.WithTimeout(ScriptedConnection.Patience);
    }

    /// <summary>Waits until some timer is due within a time.</summary>
    public Task TimerAsync(TimeSpan within) => Eventually.Is(() => Clock.UntilNextTimer <= within, $"a timer that is due within {within}", ScriptedConnection.Patience);

    /// <summary>Lets a time pass, once a timer is due in it.</summary>
    public async Task PassAsync(TimeSpan by)
    {
        await TimerAsync(by);
        Clock.Advance(by + Millisecond);
    }

    /// <summary>The next try, which must come after so much time, to the millisecond.</summary>
    public async Task<ScriptedAttempt> AttemptAfterAsync(TimeSpan delay)
    {
        var start = Clock.Elapsed;
        if (delay > TimeSpan.Zero)
        {
            await TimerAsync(delay + Millisecond);
            Assert.InRange(Clock.UntilNextTimer!.Value, delay - Millisecond, delay + Millisecond);
            Clock.Advance(delay + Millisecond);
        }

        var attempt = await Server.AttemptAsync();
        Assert.InRange(attempt.At - start, delay - Millisecond, delay + Millisecond);
        return attempt;
    }

    /// <summary>Moves the clock from timer to timer until something has come about. It may go one timer too far.</summary>
    /// <param name="what">What is to come about.</param>
    /// <param name="within">Timers that are due later are not moved to.</param>
    public async Task UntilAsync(Task what, TimeSpan within)
    {
        var end = Clock.Elapsed + TimeSpan.FromHours(1);
        while (Clock.Elapsed < end)
        {
            TimeSpan? next = null;
            await Eventually.Is(() => what.IsCompleted || (next = Clock.UntilNextTimer) <= within, "it, or a timer", ScriptedConnection.Patience);
            if (what.IsCompleted)
            {
                await what;
                return;
            }

            Clock.Advance(next!.Value + Millisecond);
        }

        throw new TimeoutException("Timers came and went for an hour by the clock, and it did not come about.");
    }

    public async ValueTask DisposeAsync()
    {
        Server.Drop(); // there is nobody to say goodbye to, which would take time that does not pass
        await Client.DisposeAsync().WithTimeout(ScriptedConnection.Patience);
        if (_events is not null)
        {
            await _events.DisposeAsync();
        }

        if (_messages is not null)
        {
            await _messages.DisposeAsync();
        }
    }
}
