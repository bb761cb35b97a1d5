using WsCore.ClusterTests.Checking;

namespace WsCore.ClusterTests.Chaos;

/// <summary>
/// Kills and hangs the master, cuts its clients, wipes its data, and fails over to the replica: up to date or behind. A kill loses nothing, for every write is
/// on disk; a fail-over may, and every room begins a new epoch.
/// </summary>
internal sealed class RedisTrouble(ChaosCluster cluster, HistoryChecker checker, Random random, List<string> log) : Troublemaker(checker, random, log)
{
    private readonly Deck<string> _deck = new(random, "kill", "hang", "cut", "fail over behind", "hang long", "kill long", "fail over", "wipe");

    protected override TimeSpan LongestPeace => TimeSpan.FromSeconds(3);

    protected override async Task TroubleAsync(CancellationToken stop)
    {
        var (master, replica) = (cluster.Redis[0], cluster.Redis[1]);
        var kind = _deck.Next();
        Log($"Redis {master.Port}: {kind}");
        switch (kind)
        {
            case "kill" or "kill long":
                await master.KillAsync();
                await Pace.WaitAsync(kind == "kill" ? Between(0, 0.5) : Between(1, 4), stop);
                await master.RestartAsync();
                break;
            case "hang" or "hang long":
                master.Hang();
                await Pace.WaitAsync(kind == "hang" ? Between(0.1, 1) : Between(2, 6), stop);
                master.Continue();
                break;
            case "cut":
                await master.CommandAsync("CLIENT", "KILL", "TYPE", "pubsub");
                await Pace.WaitAsync(Between(0, 1), stop);
                await master.CommandAsync("CLIENT", "KILL", "TYPE", "normal");
                break;
            case "wipe":
                Checker.DataLoss();
                await master.CommandAsync("FLUSHALL");
                break;
            default:
                if (kind == "fail over behind")
                {
                    // It stays a replica, of nobody: what is written from now on it does not get, and nobody takes it for a master.
                    await replica.CommandAsync("REPLICAOF", "127.0.0.1", "1");
                    await Pace.WaitAsync(Between(0.2, 1.5), stop);
                }

                await master.KillAsync();
                await Pace.WaitAsync(Between(0, 1), stop);
                Checker.DataLoss();
                await replica.PromoteAsync();
                Log($"Redis {replica.Port}: master");
                await Pace.WaitAsync(Between(0, 2), stop);
                await master.FollowAsync(replica);
                await master.RestartAsync();
                cluster.Redis.Reverse();
                break;
        }

        await cluster.Redis[1].LinkedAsync();
        Log($"Redis {cluster.Redis[0].Port}: back");
    }
}
