using System.Globalization;
using WsCore.ClusterTests.Checking;

namespace WsCore.ClusterTests.Chaos;

/// <summary>
/// One run: clients on all nodes, publishers that wait for nothing but their acks, trouble for a while; then all is healed, and everybody must come to
/// see the same.
/// </summary>
internal sealed class ChaosRun : IAsyncDisposable
{
    private const int AuditorIndex = 900;

    // Far more than anything may take: leases, grace and back-offs are over in a quarter of it. Once something was not reached, the rest is not waited for as long.
    private static readonly TimeSpan SettleTimeout = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan ShortSettleTimeout = TimeSpan.FromSeconds(10);

    private readonly ChaosOptions _options;
    private readonly ChaosCluster _cluster;
    private readonly HistoryChecker _checker;
    private readonly ChaosPlan _plan;
    private readonly Random _random;
    private readonly ChaosClient[] _clients;
    private readonly CancellationTokenSource _end = new();
    private readonly List<string> _log = [];
    private readonly List<Task> _lives = [];
    private bool _isUnsettled;

    private ChaosRun(ChaosOptions options, ChaosCluster cluster)
    {
        _options = options;
        _cluster = cluster;
        _random = new Random(options.Seed);
        _checker = new HistoryChecker(ChaosCluster.Rooms, TimeProvider.System);
        _plan = new ChaosPlan(_checker, ChaosCluster.Rooms, options) { Nodes = [.. cluster.Nodes.Select(node => new UriBuilder(node.AddressOf("/ws")) { Scheme = "ws" }.Uri)] };
        _clients = [.. Enumerable.Range(0, options.Clients).Select(CreateClient)];
    }

    /// <summary>Runs it to its end.</summary>
    /// <returns>What was found: empty where every promise was kept, else the seed, the violations, what was done when, and what the servers wrote last.</returns>
    public static async Task<(string Failure, string Summary)> RunAsync(ChaosOptions options)
    {
        var cluster = await ChaosCluster.StartAsync(options);
        await using var run = new ChaosRun(options, cluster);
        try
        {
            await run.LiveAsync();
        }
        catch (TimeoutException e)
        {
            run._checker.Report(ViolationKind.Unsettled, e.Message);
        }

        var violations = run._checker.Finish();
        var summary = $"seed {options.Seed}, {options.Duration.TotalSeconds} s: {run._checker.Counts}";
        var log = string.Join('\n', run._log);
        return (violations.Count == 0 ? "" : $"{summary}\n\n{string.Join("\n\n", violations)}\n\n{log}\n\n{cluster.Tail(15)}", $"{summary}\n{log}");
    }

    public async ValueTask DisposeAsync()
    {
        await _end.CancelAsync();
        await Task.WhenAll(_lives);
        await _cluster.DisposeAsync();
        _end.Dispose();
    }

    private async Task LiveAsync()
    {
        _lives.AddRange(_clients.Select(client => Task.Run(() => client.RunAsync(_end.Token))));
        await MakeTroubleAsync();

        Note("all is healed");
        _plan.IsQuiet = true;
        await UntilAsync("every node is ready", async () => (await Task.WhenAll(_cluster.Nodes.Select(ChaosCluster.IsReadyAsync))).All(ready => ready) ? null : "not all are");
        _plan.IsSteady = true;
        await UntilAsync("every client is at home and has caught up", Lack);
        await UntilAsync("messages come through again", ProbeAsync);

        _checker.Calm();
        Note("calm");
        foreach (var client in _clients.Where(client => client.Speaks))
        {
            foreach (var room in client.Rooms)
            {
                client.Say(room, isMarker: false);
                client.Say(room, isMarker: false);
            }
        }

        await UntilAsync("what was said in calm is acked", Lack);
        Mark(_ => true);
        await UntilAsync("everybody sees the last message of each room", Unseen);
        await SettlePresenceAsync();
        await AuditAsync();
    }

    private async Task MakeTroubleAsync()
    {
        using var over = new CancellationTokenSource(_options.Duration, TimeProvider.System);
        List<Troublemaker> makers = [];
        if (_options.Trouble)
        {
            makers.Add(new NodeTrouble(_cluster, _checker, new Random(_random.Next()), _log));
        }

        if (_options is { Trouble: true, Redis: true })
        {
            makers.Add(new RedisTrouble(_cluster, _checker, new Random(_random.Next()), _log));
        }

        await Task.WhenAll([Pace.WaitAsync(_options.Duration, over.Token), .. makers.Select(maker => maker.RunAsync(over.Token))]);
    }

    private string? Lack() => _clients.Select(client => client.Lack is { } lack ? $"client {client.Index} {lack}" : null).FirstOrDefault(lack => lack is not null);

    // A subscription that is not there yet shows in nothing else: markers go out until everybody has seen the same one.
    private async Task<string?> ProbeAsync()
    {
        Mark(room => Unseen(room) is not null || _plan.Marker(room).Value == 0);
        await Pace.WaitAsync(TimeSpan.FromMilliseconds(500));
        return Unseen() ?? Lack();
    }

    private void Mark(Func<int, bool> which)
    {
        for (var room = 0; room < _plan.Rooms.Count; room++)
        {
            if (which(room) && Array.Find(_clients, client => client.Speaks && client.Rooms.Contains(room)) is { } speaker)
            {
                speaker.Say(room, isMarker: true);
            }
        }
    }

    private string? Unseen() => Enumerable.Range(0, _plan.Rooms.Count).Select(Unseen).FirstOrDefault(text => text is not null);

    private string? Unseen(int room) =>
        Array.Find(_clients, client => client.Rooms.Contains(room) && !client.HasSeenMarker(room)) is { } blind
            ? $"client {blind.Index} on node {blind.Node + 1} has not seen {_plan.Marker(room)} of {_plan.Rooms[room].Name}, and is at {blind.PositionIn(room)}"
            : null;

    private async Task SettlePresenceAsync()
    {
        for (var room = 0; room < _plan.Rooms.Count; room++)
        {
            if (_plan.Rooms[room].Presence)
            {
                var there = _clients.Where(client => client.Rooms.Contains(room)).ToList();
                var number = room;
                await UntilAsync($"who is in {_plan.Rooms[room].Name} is told right", () => PresenceAsync(number, there), ViolationKind.Presence);
            }
        }
    }

    private async Task<string?> PresenceAsync(int room, List<ChaosClient> there)
    {
        var expected = there.Select(client => client.Connection ?? "?").ToHashSet(StringComparer.Ordinal);
        foreach (var client in there.DistinctBy(client => client.Node))
        {
            var told = (await client.MembersAsync(room))?.ToHashSet(StringComparer.Ordinal);
            if (told is null || !told.SetEquals(expected))
            {
                return $"node {client.Node + 1} says [{string.Join(' ', told ?? ["nothing"])}], there are [{string.Join(' ', expected)}]: "
                    + $"too many [{string.Join(' ', (told ?? []).Except(expected))}], missing [{string.Join(' ', expected.Except(told ?? []))}]";
            }
        }

        return _checker.DifferenceFrom(_plan.Rooms[room].Name, expected);
    }

    // Somebody who was never there reads everything that is kept: whatever was acked must be in it.
    private async Task AuditAsync()
    {
        var rooms = Enumerable.Range(0, _plan.Rooms.Count)
            .Where(room => _plan.Rooms[room].KeepsHistory)
            .Select(room => (Room: room, _clients.First(client => client.Rooms.Contains(room)).PositionIn(room)!.Value.Epoch)).ToList();
        var auditor = new ChaosClient(AuditorIndex, _plan, rooms.Select(one => one.Room), speaks: false, new Random(_random.Next()));
        rooms.ForEach(one => auditor.BeginAt(one.Room, new RoomPosition(one.Epoch, 0)));
        _lives.Add(Task.Run(() => auditor.RunAsync(_end.Token)));
        await UntilAsync("everything that was said can be read again", () => auditor.Lack);
    }

    private Task UntilAsync(string what, Func<string?> lack, ViolationKind kind = ViolationKind.Unsettled) => UntilAsync(what, () => Task.FromResult(lack()), kind);

    // What is not reached is a violation, and the run goes on: what else is wrong tells more.
    private async Task UntilAsync(string what, Func<Task<string?>> lack, ViolationKind kind = ViolationKind.Unsettled)
    {
        var (start, limit) = (TimeProvider.System.GetTimestamp(), _isUnsettled ? ShortSettleTimeout : SettleTimeout);
        string? left;
        while ((left = await lack()) is not null && TimeProvider.System.GetElapsedTime(start) < limit)
        {
            await Pace.WaitAsync(TimeSpan.FromMilliseconds(50));
        }

        Note(string.Create(CultureInfo.InvariantCulture, $"{what}: {(left is null ? "yes" : "NO")}, after {TimeProvider.System.GetElapsedTime(start).TotalSeconds:0.0} s"));
        if (left is not null)
        {
            _isUnsettled = true;
            _checker.Report(kind, $"Not within {limit.TotalSeconds} s: {what}: {left}");
        }
    }

    private void Note(string text)
    {
        lock (_log)
        {
            _log.Add(text);
        }
    }

    // The first publishers see to it that each room has one.
    private ChaosClient CreateClient(int index)
    {
        var speaks = index < _options.Publishers;
        var all = Enumerable.Range(0, _plan.Rooms.Count).ToArray();
        _random.Shuffle(all);
        var rooms = speaks ? all.Prepend(index % all.Length).Distinct() : all;
        return new ChaosClient(index, _plan, rooms.Take(_options.RoomsPerClient), speaks, new Random(_random.Next()));
    }
}
