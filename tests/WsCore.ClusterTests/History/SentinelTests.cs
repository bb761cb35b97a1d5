using WsCore.Backplane;
using WsCore.History;
using WsCore.Protocol;
using WsCore.Rooms;
using WsCore.TestKit.History;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.History;

/// <summary>A fail-over as it happens: Sentinel promotes, nobody tells the nodes, who know both end points.</summary>
public sealed class SentinelTests
{
    private static readonly TimeSpan Soon = TimeSpan.FromSeconds(15); // seconds for the link, the rest for a busy machine
    private static readonly HistoryRules Rules = new(Size: 10_000, TimeSpan.FromMinutes(10), MaxBytes: 1 << 24);
    private static readonly RoomName Room = RoomName.Create("chat:1"u8);

    [SentinelFact]
    public async Task When_Sentinel_promotes_the_replica_all_nodes_follow_and_the_numbers_begin_anew()
    {
        await using var first = await RedisServer.StartAsync();
        await using var second = await RedisServer.StartAsync(new RedisOptions { ReplicaOf = first });
        await second.LinkedAsync();
        await using var sentinel = await RedisSentinel.StartAsync(first, replicas: 1);
        var connection = RedisServer.ConnectionStringOf(first, second);
        await using var one = await HistoryNode.StartAsync(connection, "wscore");
        await using var two = await HistoryNode.StartAsync(connection, "wscore", "n2");
        var sinks = new[] { new RecordingSink(), new RecordingSink() };
        await one.Store.AttachAsync(Room, Rules, sinks[0]).WithTimeout();
        await two.Store.AttachAsync(Room, Rules, sinks[1]).WithTimeout();
        var before = await AppendAsync(one);
        Assert.Equal(new Position(before.Epoch, 2), await AppendAsync(two));
        await Eventually.IsAsync(async () => (await second.CommandAsync("HGET", "wscore:server", "n")).Text == "1", "the replica has what is to be known of its master");

        await first.KillAsync();
        await Eventually.IsAsync(async () => await sentinel.MasterPortAsync() == second.Port, "Sentinel promotes the replica");
        await Eventually.Is(() => one.Link is { IsUp: true, Server.Incarnation: 2 } && one.Link.Server == two.Link.Server, "both nodes have found it", Soon);
        var after = await AppendAsync(one);

        Assert.NotEqual(before.Epoch, after.Epoch);
        Assert.Equal(1, after.Seq);
        Assert.Equal(new Position(after.Epoch, 2), await AppendAsync(two));
        Assert.Equal((await second.InfoAsync("server"))["run_id"], one.Link.Server!.RunId);

        await first.RestartAsync(); // a master again, for all it knows, until Sentinel tells it otherwise
        await second.CommandAsync("CLIENT", "KILL", "TYPE", "normal");
        await Eventually.Is(() => one.Link.IsUp && two.Link.IsUp, "both nodes are there again", Soon);
        Assert.Equal(new Position(after.Epoch, 3), await AppendAsync(two));

        foreach (var sink in sinks)
        {
            await Eventually.Equal(5, () => sink.Deliveries.Length);
            Assert.Equal([(before.Epoch, 1), (before.Epoch, 2), (after.Epoch, 1), (after.Epoch, 2), (after.Epoch, 3)], sink.Deliveries.Select(delivery => (delivery.Epoch, delivery.Seq)));
            Assert.Equal([after.Epoch], sink.Begun);
            Assert.Equal(0, sink.TimesOvertaken);
        }
    }

    // As clients do.
    private static async Task<Position> AppendAsync(HistoryNode node)
    {
        Position? given = null;
        await Eventually.IsAsync(
            async () =>
            {
                try
                {
                    given = await node.Store.AppendAsync(Room, Rules, new TestDraft());
                    return true;
                }
                catch (UnavailableException)
                {
                    return false;
                }
            },
            "a message is kept",
            Soon);
        return given!.Value;
    }
}
