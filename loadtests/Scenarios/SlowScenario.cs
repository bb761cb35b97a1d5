using WsCore.LoadTests.Checking;
using WsCore.LoadTests.Commands;
using WsCore.LoadTests.Peers;
using WsCore.LoadTests.Reporting;
using WsCore.LoadTests.Simulations;

namespace WsCore.LoadTests.Scenarios;

/// <summary>
/// Slow readers among others. They sit in the same rooms, and in one of their own that is flooded, so that their outboxes fill; they read nothing for a while, then all there is,
/// one after the other. The server has to close each with 4100, and the others must not notice.
/// </summary>
internal sealed class SlowScenario(ScenarioContext context) : DisturbedScenario(context)
{
    private const int SmallWindow = 4096;
    private const int FloodersBytesPerSecond = 200_000; // below what a connection may send unless configured (Limits:BytesPerSecond)
    private const int FloodPayload = 6000; // fits the smallest message that a server can be told to take at most with a full outbox of 64 KiB

    private readonly List<Actor> _slow = [];
    private readonly List<Actor> _flooders = [];
    private readonly SemaphoreSlim _awake = new(1 + (context.Options.Slow / 16)); // all at once would keep this process busy, and the others' latency with it
    private readonly string _floodRoom = $"load-flood-{Guid.NewGuid():N}";

    /// <inheritdoc/>
    public override IEnumerable<string> Thresholds => [.. base.Thresholds, "not-closed=0"];

    /// <inheritdoc/>
    public override Task InitAsync(CancellationToken cancellation) => new SimulationPlan(Simulations).Duration / 2 > Options.Nap
        ? base.InitAsync(cancellation)
        : throw new ScenarioException($"Slow readers come in the middle of the load and sleep for {DurationText.Of(Options.Nap)}, which is as long as what is left of it. Give a longer --duration or a shorter --nap.");

    /// <inheritdoc/>
    public override void Report(FigureSet figures)
    {
        base.Report(figures);
        figures.Add(FigureNames.NotClosed, Options.Slow - _slow.Count(reader => reader.CloseCode == 4100));
    }

    /// <inheritdoc/>
    public override async Task SettleAsync(CancellationToken cancellation)
    {
        foreach (var reader in _slow)
        {
            reader.Peer.Resume();
        }

        await EventuallyAsync(() => _slow.TrueForAll(reader => reader.CloseCode != 0), TimeSpan.FromSeconds(2), cancellation);
        await base.SettleAsync(cancellation);
    }

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await GoodbyeAsync(_slow.Concat(_flooders).Select(actor => actor.Peer));
        await base.DisposeAsync();
    }

    /// <inheritdoc/>
    protected override async Task DisturbAsync(CancellationToken cancellation)
    {
        for (var i = 0; i < Options.Slow; i++)
        {
            var reader = new Actor(Context, SmallWindow);
            await reader.Peer.ConnectAsync(cancellation);
            await reader.Peer.JoinAsync(Rooms[i % Rooms.Count].Name, cancellation);
            await reader.Peer.JoinAsync(_floodRoom, cancellation);
            _slow.Add(reader);
        }

        for (var i = 0; i < Math.Max(1, Options.Flood / FloodersBytesPerSecond); i++)
        {
            var flooder = new Actor(Context);
            await flooder.Peer.ConnectAsync(cancellation);
            await flooder.Peer.JoinAsync(_floodRoom, cancellation);
            _flooders.Add(flooder);
        }

        await Task.WhenAll([FloodAsync(cancellation), .. _slow.Select(reader => NapAsync(reader, cancellation))]);
    }

    private async Task FloodAsync(CancellationToken cancellation)
    {
        var payload = new Stamp(0, 0, 0, 0, 0).ToPayload(FloodPayload);
        using var timer = new PeriodicTimer(TimeSpan.FromSeconds((double)FloodPayload * _flooders.Count / Options.Flood), Context.Clock.Time);
        while (await timer.WaitForNextTickAsync(cancellation) && _slow.Exists(reader => reader.CloseCode == 0))
        {
            // Each to all others: the flooders read what they are sent.
            foreach (var flooder in _flooders)
            {
                flooder.Peer.Post(_floodRoom, payload);
            }
        }
    }

    private async Task WakeAsync(Actor reader, CancellationToken cancellation)
    {
        await _awake.WaitAsync(cancellation);
        try
        {
            reader.Peer.Resume();
            await EventuallyAsync(() => reader.CloseCode != 0, TimeSpan.FromSeconds(1), cancellation);
        }
        finally
        {
            _awake.Release();
        }
    }

    private async Task NapAsync(Actor reader, CancellationToken cancellation)
    {
        try
        {
            while (reader.CloseCode == 0)
            {
                reader.Peer.Pause();
                await Task.Delay(Options.Nap, Context.Clock.Time, cancellation);
                await WakeAsync(reader, cancellation);
            }
        }
        catch (PeerException)
        {
            // closed while it slept: that is seen when it reads
        }
    }
}
