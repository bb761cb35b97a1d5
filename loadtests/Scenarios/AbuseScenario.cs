using WsCore.LoadTests.Checking;
using WsCore.LoadTests.Peers;
using WsCore.LoadTests.Reporting;

namespace WsCore.LoadTests.Scenarios;

/// <summary>
/// Some send far over the rate, among others. The server has to refuse them with <c>rate_limited</c> and to close each with 4101; whoever is closed comes back after a second and goes on. The others
/// must not be refused anything, and must not notice.
/// </summary>
internal sealed class AbuseScenario(ScenarioContext context) : DisturbedScenario(context)
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(1);

    private readonly int[] _closed = new int[context.Options.Abusers];

    /// <inheritdoc/>
    public override IEnumerable<string> Thresholds => [.. base.Thresholds, "not-closed=0"];

    /// <inheritdoc/>
    public override async Task InitAsync(CancellationToken cancellation)
    {
        await base.InitAsync(cancellation);
        if (Members.Find(member => member.IsThere) is { Peer.MessagesPerSecond: <= 0 })
        {
            throw new ScenarioException("This server limits no rate, so nobody can be over it. Start it with WSCORE__LIMITS__MESSAGESPERSECOND=50, its default.");
        }
    }

    /// <inheritdoc/>
    public override void Report(FigureSet figures)
    {
        base.Report(figures);
        figures.Add(FigureNames.NotClosed, _closed.Count(code => code != 4101));
    }

    /// <inheritdoc/>
    protected override Task DisturbAsync(CancellationToken cancellation) => Task.WhenAll(Enumerable.Range(0, Options.Abusers).Select(i => AbuseAsync(i, cancellation)));

    private async Task AbuseAsync(int place, CancellationToken cancellation)
    {
        var payload = new Stamp(0, 0, 0, 0, 0).ToPayload(Options.Payload);
        while (true)
        {
            var actor = new Actor(Context);
            try
            {
                // Alone in its room: what is refused it and what is not is its own affair.
                var room = $"load-abuse-{Guid.NewGuid():N}";
                await actor.Peer.ConnectAsync(cancellation);
                await actor.Peer.JoinAsync(room, cancellation);
                using var timer = new PeriodicTimer(TimeSpan.FromSeconds(10 / Options.AbuseRate), Context.Clock.Time);
                while (actor.CloseCode == 0 && await timer.WaitForNextTickAsync(cancellation))
                {
                    for (var i = 0; i < 10; i++)
                    {
                        actor.Peer.Post(room, payload);
                    }
                }

                _closed[place] = _closed[place] == 4101 ? 4101 : actor.CloseCode;
            }
            catch (PeerException e)
            {
                Metrics.Refusals.Add(e.Code);
            }
            finally
            {
                await actor.Peer.DisposeAsync();
            }

            await Task.Delay(Rest, Context.Clock.Time, cancellation);
        }
    }
}
