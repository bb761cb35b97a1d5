using System.Globalization;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using WsCore.Connections;
using WsCore.Dispatch;
using WsCore.Heartbeat;
using WsCore.History;
using WsCore.Reliability;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Simulation;

/// <summary>One simulated run: a real node, a network, clients and a clock, all from one seed.</summary>
/// <remarks>Clients do as they like for a while; then they come to rest, and everybody has everything; then they leave, and nothing is left.</remarks>
internal sealed class World : IDisposable
{
    private static readonly TimeSpan DedupeWindow = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(15);
    private static readonly TimeSpan LongestRest = TimeSpan.FromMinutes(3);

    private readonly TestNode _node;
    private readonly MemoryHistoryStore _history;
    private readonly MemoryDedupeStore _dedupe;
    private readonly List<Client> _clients = [];
    private readonly HashSet<Link> _links = [];
    private Exception? _failure;
    private int _deeds;
    private int _connections;
    private bool _ticking = true;

    public World(int seed)
    {
        Seed = seed;
        Random = new Random(seed);
        Traits = new Traits(seed, Random);
        Clock = new ManualTimeProvider(seed);
        Trace = new Trace(() => Clock.Elapsed);
        Steps = new Steps(Random, Clock) { Haste = Traits.Haste, OnFailed = Fault };
        Oracle = new Oracle(Clock);
        _history = new MemoryHistoryStore(new HistoryOptions(), Clock, new Random(seed));
        _dedupe = new MemoryDedupeStore(new DedupeOptions { Window = DedupeWindow }, Clock, TaskCreationOptions.None);
        _node = new TestNode(Traits.Configure, Build, Traits.Lanes, Steps, Clock);
        Host = _node.Get<ConnectionHost>();
        Dispatcher = _node.Get<Dispatcher>();
    }

    public int Seed { get; }

    public Random Random { get; }

    public Traits Traits { get; }

    public ManualTimeProvider Clock { get; }

    public Trace Trace { get; }

    public Steps Steps { get; }

    public Oracle Oracle { get; }

    public ConnectionHost Host { get; }

    public Dispatcher Dispatcher { get; }

    public SweepClock Sweep => _node.Node.Clock;

    public int RetryDelays => _node.Node.Options.Reliable.RetryDelays.Count;

    public int MostOutboxBytes => _node.Node.Options.Outbox.BurstBytes;

    /// <summary>What happened how often, to see that the seeds reach it.</summary>
    public SortedDictionary<string, long> Counts { get; } = new(StringComparer.Ordinal);

    /// <summary>Clients still do what they like.</summary>
    public bool IsBusy => _deeds < Traits.Deeds && Clock.Elapsed < Traits.Duration;

    public void Count(string what, long by = 1) => Counts[what] = Counts.GetValueOrDefault(what) + by;

    /// <summary>Runs to the end.</summary>
    /// <exception cref="SimulationException">A promise was broken.</exception>
    public void Run()
    {
        for (var i = 0; i < Traits.Clients; i++)
        {
            var user = Random.Next(2) == 0 ? string.Create(CultureInfo.InvariantCulture, $"u{Random.Next(Traits.Users)}") : null;
            var client = new Client(this, i, user);
            _clients.Add(client);
            client.Begin();
        }

        Steps.After(HeartbeatSweeper.Period, StepKind.Tick, 0, Tick);
        Go(() => !IsBusy, Traits.Duration + LongestRest, "the clients do what they like");
        Trace.Add("rest", "world");
        Steps.Haste = 0; // or a network that is slow beyond measure would never get there
        foreach (var client in _clients)
        {
            client.Rest();
        }

        Go(() => _clients.TrueForAll(client => client.IsAtRest) && Steps.IsQuiet, LongestRest, "all come to rest");
        var graceOver = Clock.Elapsed + Grace; // who was lost last is not counted any more, what was confirmed does not come again
        Go(() => Clock.Elapsed > graceOver && _clients.TrueForAll(client => client.IsAtRest) && Steps.IsQuiet, LongestRest, "all stay at rest");
        foreach (var client in _clients)
        {
            client.CheckAtRest();
            client.CheckMembers(CountMembers);
        }

        CheckNothingPending("all have confirmed everything");

        Trace.Add("leave", "world");
        foreach (var client in _clients)
        {
            client.Leave();
        }

        Go(() => _links.Count == 0 && Steps.IsQuiet, LongestRest, "all leave");
        CheckNothingLeft();
        var forgotten = Clock.Elapsed + Traits.HistoryTtl + DedupeWindow + TimeSpan.FromSeconds(20);
        Go(() => Clock.Elapsed > forgotten, Traits.HistoryTtl + DedupeWindow + LongestRest, "what was kept gets old");
        CheckNothingKept();
        _ticking = false;
        Count("seeds");
        Count("steps", Steps.Run);
        Count("connections", _connections);
    }

    public void Did(int deeds = 1) => _deeds += deeds;

    /// <summary>A time that the network takes for something.</summary>
    public TimeSpan Transit() => Traits.Delay * Random.NextDouble();

    /// <summary>The connection of a client that goes in.</summary>
    public Link Connect(Client client)
    {
        var link = new Link(this, client, ++_connections);
        _links.Add(link);
        return link;
    }

    public void Ended(Link link) => _links.Remove(link);

    /// <summary>What a store's way takes, where stores are slow.</summary>
    public Task PauseAsync() => Traits.SlowStores && Random.Next(2) == 0 ? LaterAsync(TimeSpan.FromMilliseconds(Random.Next(5)), StepKind.Store) : Task.CompletedTask;

    /// <summary>What the application's hook takes.</summary>
    public ValueTask ThinkAsync() => Random.Next(2) == 0 ? new(LaterAsync(TimeSpan.FromMilliseconds(Random.Next(400)), StepKind.Hook)) : default;

    [System.Diagnostics.CodeAnalysis.DoesNotReturn]
    public void Fail(string sentence) => throw new SimulationException(sentence + ".");

    public void Dispose() => _node.Dispose();

    private Task LaterAsync(TimeSpan delay, StepKind kind)
    {
        var done = new TaskCompletionSource();
        Steps.After(delay, kind, 0, done.SetResult);
        return done.Task;
    }

    private void Build(WsCore.Hosting.WsCoreBuilder builder)
    {
        builder.Services.AddSingleton<ILoggerProvider>(new FaultLoggerProvider(Fault));
        builder.Services.AddSingleton<IHistoryStore>(new SimulatedHistory(_history, this));
        builder.Services.AddSingleton<IDedupeStore>(new SimulatedDedupe(_dedupe, this));
        if (Traits.SlowHooks)
        {
            builder.Services.AddSingleton(this);
            builder.AddHooks<SimulatedHooks>();
        }
    }

    private void Go(Func<bool> done, TimeSpan longest, string what)
    {
        var until = Clock.Elapsed + longest;
        while (!done())
        {
            if (!Steps.Next() || Clock.Elapsed > until)
            {
                Fail($"While {what} nothing happens any more, or for too long: {string.Join("; ", _clients.Where(client => !client.IsAtRest).Select(client => client.WhyNotAtRest).Take(3))}");
            }

            if (_failure is not null)
            {
                throw _failure as SimulationException ?? new SimulationException(_failure.Message, _failure);
            }
        }
    }

    private void Fault(string what, Exception? exception) =>
        _failure ??= exception as SimulationException ?? new SimulationException($"The server has a fault: {what}: {exception?.Message}", exception);

    private void Tick()
    {
        foreach (var part in _node.Node.Ticked)
        {
            part.Tick();
        }

        foreach (var lane in _node.Node.Lanes.All)
        {
            // The mark, and what each connection may have been at when it was reached: a request to all lanes, and a few words besides.
            var most = Traits.InboxItems + (_links.Count * 32) + 1000;
            if (lane.Waiting > most)
            {
                Fail($"{lane.Waiting} items wait in lane {lane.Index}, at most {most} may");
            }
        }

        if (_ticking)
        {
            Steps.After(HeartbeatSweeper.Period, StepKind.Tick, 0, Tick);
        }
    }

    // A user is one member, with all connections; an anonymous connection is one too.
    private int CountMembers(string room) => _clients.Where(client => client.IsIn(room)).Select(client => client.User ?? client.Name).Distinct().Count();

    private void CheckNothingPending(string when)
    {
        foreach (var lane in _node.Node.Lanes.All)
        {
            Require(lane.Retries.Pending == 0, $"{when}, but {lane.Retries.Pending} reliable messages of lane {lane.Index} are pending");
        }
    }

    private void CheckNothingLeft()
    {
        CheckNothingPending("all have left");
        var node = _node.Node;
        Require(node.Connections.Count == 0, $"all have left, but {node.Connections.Count} connections are registered");
        Require(node.Rooms.Count == 0, $"all have left, but {node.Rooms.Count} rooms are there: {string.Join(' ', node.Rooms.All().Select(room => room.Name))}");
        foreach (var lane in node.Lanes.All)
        {
            Require(lane.Waiting == 0, $"all have left, but {lane.Waiting} items wait in lane {lane.Index}");
        }

        Require(Clock.ArmedTimers == 0, $"all have left, but {Clock.ArmedTimers} timers are armed");
    }

    private void CheckNothingKept()
    {
        Require(_history.Rooms == 0, $"all have left long ago, but {_history.Rooms} rooms have a history");
        Require(_history.Bytes == 0, $"all have left long ago, but histories take {_history.Bytes} bytes");
        Require(_dedupe is { Entries: 0, Bytes: 0 }, $"all have left long ago, but {_dedupe.Entries} requests with once are remembered, {_dedupe.Bytes} bytes");
    }

    private void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            Fail(otherwise);
        }
    }
}
