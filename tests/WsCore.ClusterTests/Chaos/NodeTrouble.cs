using WsCore.ClusterTests.Checking;
using WsCore.TestKit.Processes;

namespace WsCore.ClusterTests.Chaos;

/// <summary>Kills, stops and hangs nodes, and brings them back.</summary>
internal sealed class NodeTrouble(ChaosCluster cluster, HistoryChecker checker, Random random, List<string> log) : Troublemaker(checker, random, log)
{
    private readonly Deck<string> _deck = new(random, "kill", "hang", "stop", "hang long", "kill two");

    protected override TimeSpan LongestPeace => TimeSpan.FromSeconds(1.5);

    protected override async Task TroubleAsync(CancellationToken stop)
    {
        foreach (var fallen in cluster.Nodes.Where(node => !node.IsRunning))
        {
            Checker.Report(ViolationKind.Unsettled, "A node ended by itself.", fallen.Tail(40));
            await fallen.RestartAsync();
        }

        var which = Random.Next(cluster.Nodes.Count);
        var (node, other) = (cluster.Nodes[which], cluster.Nodes[(which + 1) % cluster.Nodes.Count]);
        var kind = _deck.Next();
        switch (kind)
        {
            case "kill":
                await ForAWhileAsync(kind, which, node.KillAsync, node.RestartAsync, Between(0, 3), stop);
                break;
            case "kill two":
                await ForAWhileAsync(kind, which, () => Task.WhenAll(node.KillAsync(), other.KillAsync()), () => Task.WhenAll(node.RestartAsync(), other.RestartAsync()), Between(0, 2), stop);
                break;
            case "stop":
                await ForAWhileAsync(kind, which, () => StopAsync(node), node.RestartAsync, Between(0, 1), stop);
                break;
            default:
                var time = kind == "hang" ? Between(0.2, 2) : Between(3, 8);
                await ForAWhileAsync(kind, which, () => Done(node.Hang), () => Done(node.Continue), time, stop);
                break;
        }
    }

    private static Task Done(Action action)
    {
        action();
        return Task.CompletedTask;
    }

    private async Task ForAWhileAsync(string kind, int which, Func<Task> begin, Func<Task> end, TimeSpan time, CancellationToken stop)
    {
        Log($"node {which + 1}: {kind}");
        await begin();
        try
        {
            await Pace.WaitAsync(time, stop);
        }
        finally
        {
            await end();
            Log($"node {which + 1}: back");
        }
    }

    private async Task StopAsync(ServerProcess node)
    {
        var result = await node.StopAsync();
        if (result.ExitCode != 0)
        {
            Checker.Report(ViolationKind.Unsettled, $"A node that was asked to stop ended with {result.ExitCode}.", node.Tail(40));
        }
    }
}
