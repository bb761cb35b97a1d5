using System.Net;
using System.Security.Claims;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Dispatch;
using WsCore.Hosting;
using WsCore.Reliability;
using WsCore.Rooms;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Time;

namespace WsCore.TestKit.Hosting;

/// <summary>A node as <c>AddWsCore</c> makes it, with a manual clock, lanes that the test runs, and outputs in place of transports.</summary>
internal sealed class TestNode : IDisposable, IAsyncDisposable
{
    private readonly ServiceProvider _services;
    private readonly string _prefix;
    private int _ids;

    /// <param name="configure">Sets options.</param>
    /// <param name="build">Adds hooks and services.</param>
    /// <param name="lanes">Number of lanes.</param>
    /// <param name="scheduler">A manual one, which makes every turn on the spot, when not given.</param>
    /// <param name="clock">One of the run's seed when not given.</param>
    /// <param name="prefix">Begins the ids of its connections: of several nodes each needs another.</param>
    public TestNode(
        Action<WsCoreOptions>? configure = null, Action<WsCoreBuilder>? build = null, int lanes = 1, LaneScheduler? scheduler = null,
        ManualTimeProvider? clock = null, string prefix = "c")
    {
        _prefix = prefix;
        Clock = clock ?? new ManualTimeProvider();
        Scheduler = new ManualLaneScheduler { Flushes = int.MaxValue, Time = TimeSpan.MaxValue };
        var services = new ServiceCollection();
        services.AddLogging();
        services.AddSingleton<IHostEnvironment>(new TestHostEnvironment(Environments.Development));
        services.AddSingleton<TimeProvider>(Clock);
        services.AddSingleton(scheduler ?? Scheduler);
        var builder = services.AddWsCore(options =>
        {
            options.Lanes.Count = lanes;
            options.Limits.MessagesPerSecond = 0; // tests speak faster than clients; those of the limits ask for them
            options.Limits.BytesPerSecond = 0;
            configure?.Invoke(options);
        });
        build?.Invoke(builder);
        _services = services.BuildServiceProvider();
        Node = Get<Node>();
    }

    public ManualTimeProvider Clock { get; }

    /// <summary>Unused where the test brought its own.</summary>
    public ManualLaneScheduler Scheduler { get; }

    public Node Node { get; }

    public RoomManager Rooms => Node.Rooms;

    public IWsCore Application => Get<IWsCore>();

    public T Get<T>()
        where T : notnull => _services.GetRequiredService<T>();

    /// <summary>A connection without a session: it is registered, in no room (not even its personal one), and got no welcome.</summary>
    public TestConnection Connect(string? user = null, int? lane = null, IPAddress? address = null)
    {
        var output = new ScriptedOutput();
        return new TestConnection(Make(output, user, lane, address), output, Get<Dispatcher>());
    }

    /// <summary>The same over any output.</summary>
    public Connection Make(IOutput output, string? user = null, int? lane = null, IPAddress? address = null)
    {
        var identity = new ConnectionIdentity($"{_prefix}{Interlocked.Increment(ref _ids)}", user, new ClaimsPrincipal(), address);
        var chosen = lane is { } index ? Node.Lanes.All[index] : Node.Lanes.Next();
        var connection = new Connection(identity, output, chosen, OutboxBounds.From(Node.Options.Outbox), Node.Clock)
        {
            GivenUpMessages = Get<GivenUpMessages>(),
            Allowance = Node.RateLimits.Enter(user, address),
        };
        Node.Connections.Add(connection);
        return connection;
    }

    /// <summary>Lets time pass second by second, with the periodic work of each; the clients show signs of life.</summary>
    public void Pass(int seconds)
    {
        for (var i = 0; i < seconds; i++)
        {
            Clock.Advance(TimeSpan.FromSeconds(1));
            foreach (var connection in Node.Connections)
            {
                connection.LastReceived = Node.Clock.Now;
            }

            foreach (var part in Node.Ticked)
            {
                part.Tick();
            }
        }
    }

    public JoinOutcome Join(Connection connection, string room) => Enter(connection, room).Outcome;

    /// <summary>The same, with all that came of it.</summary>
    public Joined Enter(Connection connection, string room) =>
        Rooms.JoinAsync(connection, System.Text.Encoding.UTF8.GetBytes(room)).Result.Joined;

    public void Dispose() => _services.Dispose();

    /// <summary>For nodes with services that end asynchronously.</summary>
    public ValueTask DisposeAsync() => _services.DisposeAsync();
}
