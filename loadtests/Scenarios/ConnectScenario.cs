using System.Collections.Concurrent;
using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Peers;
using WsCore.LoadTests.Reporting;

namespace WsCore.LoadTests.Scenarios;

/// <summary>Connections come at a rate. Once there are as many as are to be held, the oldest goes for each that comes.</summary>
internal sealed class ConnectScenario(ScenarioContext context) : Scenario(context)
{
    private readonly ConcurrentQueue<Member> _members = new();
    private readonly ConcurrentDictionary<Task, bool> _leaving = new();

    /// <inheritdoc/>
    public override string MainStep => StepNames.Connect;

    /// <inheritdoc/>
    public override IEnumerable<string> Thresholds => ["errors=0", "closes=0"];

    /// <inheritdoc/>
    public override Task InitAsync(CancellationToken cancellation) => Task.CompletedTask;

    /// <inheritdoc/>
    public override Task RunAsync(Iteration iteration, CancellationToken cancellation)
    {
        var member = new Member(Context, new Room("none", 0), -1, 0);
        member.Peer = Context.CreatePeer(Options.Via ?? PeerKind.Raw, member);
        return iteration.StepAsync(StepNames.Connect, async () =>
        {
            try
            {
                await member.Peer.ConnectAsync(cancellation);
                member.Enter();
                _members.Enqueue(member);
                if (_members.Count > Options.Connections && _members.TryDequeue(out var oldest))
                {
                    Leave(oldest);
                }

                return null;
            }
            catch (PeerException e)
            {
                await member.Peer.DisposeAsync();
                return e.Code;
            }
        });
    }

    /// <inheritdoc/>
    public override void Report(FigureSet figures) => figures.Add(FigureNames.Sent, Metrics.Opened.Value);

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await Parallel.ForEachAsync(_members, new ParallelOptions { MaxDegreeOfParallelism = 256 }, async (member, _) => await member.Peer.DisposeAsync());
        await Task.WhenAll(_leaving.Keys);
    }

    private void Leave(Member member)
    {
        Metrics.Open.Add(-1);
        var leaving = member.Peer.DisposeAsync().AsTask();
        _leaving.TryAdd(leaving, true);
        _ = leaving.ContinueWith(static (task, all) => ((ConcurrentDictionary<Task, bool>)all!).TryRemove(task, out _), _leaving, CancellationToken.None, TaskContinuationOptions.None, TaskScheduler.Default);
    }
}
