using WsCore.Redis.Link;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Link;

/// <summary>Which server process scripts run on, and what a node concludes from a change: whether messages may have been lost.</summary>
public sealed class IncarnationTests
{
    private static readonly LuaScript Who = LuaScript.From("who", "return {INCARNATION, CUT, BASE}");

    [RedisFact]
    public async Task The_first_node_makes_the_first_incarnation_and_the_others_read_it()
    {
        await using var redis = await RedisServer.StartAsync();
        var kits = await Task.WhenAll(Enumerable.Range(0, 4).Select(i => LinkKit.UpAsync(redis.ConnectionString, $"n{i}")));

        var first = kits[0].Link.Server!;

        Assert.Equal((1, 1), (first.Incarnation, first.Cut));
        Assert.Matches("^[0-9a-f]{16}$", first.Base);
        Assert.Equal((await redis.InfoAsync("server"))["run_id"], first.RunId);
        foreach (var kit in kits)
        {
            Assert.Equal(first, kit.Link.Server);
            var reply = await kit.Link.RunAsync(Who, []);
            Assert.Equal((1, 1, first.Base), (reply[0].Number, reply[1].Number, reply[2].Text));
            await kit.DisposeAsync();
        }
    }

    [RedisTheory]
    [InlineData(true, "appendfsync always", false)]
    [InlineData(true, "appendfsync everysec", true)]
    [InlineData(false, "appendfsync always", true)]
    public async Task A_restart_cuts_unless_every_write_was_on_disk(bool appendOnly, string line, bool cuts)
    {
        await using var redis = await RedisServer.StartAsync(new RedisOptions { AppendOnly = appendOnly, Lines = [line] });
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        var before = kit.Link.Server!;
        var restored = kit.Restored;

        await redis.RestartAsync();
        var reply = await RunAsync(kit, Who);

        Assert.Equal(2, reply[0].Number);
        Assert.Equal(cuts ? 2 : 1, reply[1].Number);
        Assert.Equal(cuts, reply[2].Text != before.Base);
        await Eventually.Is(() => kit.Restored > restored);
    }

    [RedisFact]
    public async Task A_promoted_replica_is_another_incarnation_and_cuts()
    {
        await using var first = await RedisServer.StartAsync(new RedisOptions { AppendOnly = true });
        await using var second = await RedisServer.StartAsync(new RedisOptions { AppendOnly = true, ReplicaOf = first });
        await second.LinkedAsync();
        await using var kit = await LinkKit.UpAsync(RedisServer.ConnectionStringOf(first, second));
        var before = kit.Link.Server!;
        await RunAsync(kit, Who);
        await Eventually.IsAsync(async () => (await second.CommandAsync("HGET", "wscore:server", "n")).Text == "1");

        await first.KillAsync();
        await second.PromoteAsync();
        var reply = await RunAsync(kit, Who);

        Assert.Equal((2, 2), (reply[0].Number, reply[1].Number));
        Assert.NotEqual(before.Base, reply[2].Text);
    }

    [RedisFact]
    public async Task Of_two_masters_the_newer_is_used_and_the_old_one_never_again()
    {
        await using var first = await RedisServer.StartAsync(new RedisOptions { AppendOnly = true });
        await using var second = await RedisServer.StartAsync(new RedisOptions { AppendOnly = true, ReplicaOf = first });
        await second.LinkedAsync();
        await using var kit = await LinkKit.UpAsync(RedisServer.ConnectionStringOf(first, second));
        await Eventually.IsAsync(async () => (await second.CommandAsync("HGET", "wscore:server", "n")).Text == "1");
        await first.KillAsync();
        await second.PromoteAsync();
        await RunAsync(kit, Who);

        await first.RestartAsync();
        await using var other = await LinkKit.UpAsync(RedisServer.ConnectionStringOf(first, second), "n2");
        await second.CommandAsync("CLIENT", "KILL", "TYPE", "normal");
        var reply = await RunAsync(kit, Who);

        Assert.Equal(2, reply[0].Number);
        Assert.Equal(kit.Link.Server, other.Link.Server);
        Assert.Equal("1", (await first.CommandAsync("HGET", "wscore:server", "n")).Text);
    }

    [RedisFact]
    public async Task A_server_that_another_one_took_the_place_of_is_left_without_its_saying_so()
    {
        await using var first = await RedisServer.StartAsync();
        await using var second = await RedisServer.StartAsync(new RedisOptions { ReplicaOf = first });
        await second.LinkedAsync();
        await using var kit = await LinkKit.UpAsync(RedisServer.ConnectionStringOf(first, second));
        await Eventually.IsAsync(async () => (await second.CommandAsync("HGET", "wscore:server", "n")).Text == "1");

        await second.PromoteAsync();
        await using var other = await LinkKit.UpAsync(second.ConnectionString, "n2");

        await Eventually.Is(() => kit.Link.Server == other.Link.Server, "the node sees the newer master");
        Assert.Equal(2, kit.Link.Server!.Incarnation);
    }

    [RedisFact]
    public async Task A_master_that_became_a_replica_is_left()
    {
        await using var first = await RedisServer.StartAsync();
        await using var second = await RedisServer.StartAsync(new RedisOptions { ReplicaOf = first });
        await second.LinkedAsync();
        await using var kit = await LinkKit.UpAsync(RedisServer.ConnectionStringOf(first, second));

        await second.PromoteAsync();
        await first.FollowAsync(second);
        await Eventually.Is(() => kit.Link.Server!.Incarnation == 2);
        var reply = await RunAsync(kit, Who);

        Assert.Equal(2, reply[1].Number);
        Assert.Equal((await second.InfoAsync("server"))["run_id"], kit.Link.Server!.RunId);
    }

    [RedisFact]
    public async Task A_master_that_was_a_replica_in_between_is_another_incarnation()
    {
        await using var first = await RedisServer.StartAsync();
        await using var second = await RedisServer.StartAsync(new RedisOptions { ReplicaOf = first });
        await second.LinkedAsync();
        await using (var before = await LinkKit.UpAsync(first.ConnectionString))
        {
            Assert.Equal(1, before.Link.Server!.Incarnation);
            await Eventually.IsAsync(async () => (await second.CommandAsync("HGET", "wscore:server", "n")).Text == "1");
        }

        await second.PromoteAsync();
        await first.FollowAsync(second);
        await first.LinkedAsync();
        await first.PromoteAsync();
        await using var kit = await LinkKit.UpAsync(first.ConnectionString);

        Assert.Equal((2, 2), (kit.Link.Server!.Incarnation, kit.Link.Server.Cut));
    }

    [RedisFact]
    public async Task Wiped_data_is_noticed_by_the_next_script_although_it_is_still_cached()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        await RunAsync(kit, Who);
        var (before, restored) = (kit.Link.Server!, kit.Restored);

        await redis.CommandAsync("FLUSHALL");
        var reply = await kit.Link.RunAsync(Who, []);

        Assert.Equal((2, 2), (reply[0].Number, reply[1].Number));
        Assert.NotEqual(before.Base, reply[2].Text);
        await Eventually.Is(() => kit.Restored > restored);
    }

    [RedisFact]
    public async Task Wiped_data_is_noticed_without_a_script()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);

        await redis.CommandAsync("FLUSHALL");

        await Eventually.Is(() => kit.Link.Server!.Incarnation == 2);
    }

    [RedisFact]
    public async Task Who_knows_less_cannot_make_an_incarnation_that_was_there_before()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        await redis.CommandAsync("FLUSHALL");
        await Eventually.Is(() => kit.Link.Server!.Incarnation == 2);
        var run = kit.Link.Server!.RunId;

        // As a node would that starts just after Redis was wiped once more.
        await redis.CommandAsync("FLUSHALL");
        await redis.CommandAsync("HSET", "wscore:server", "id", $"{run}:1", "run", run, "n", "1", "cut", "1", "base", "b", "endpoint", redis.Endpoint, "durable", "0", "replid",
            (await redis.InfoAsync("replication"))["master_replid"]);

        await Eventually.Is(() => kit.Link.Server!.Incarnation == 3);
        Assert.Equal(3, kit.Link.Server!.Cut);
    }

    [RedisFact]
    public async Task Scripts_that_were_flushed_are_loaded_again_and_nothing_else_changes()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        await RunAsync(kit, Who);
        var before = kit.Link.Server;

        await redis.CommandAsync("SCRIPT", "FLUSH");
        var reply = await kit.Link.RunAsync(Who, []);

        Assert.Equal(1, reply[0].Number);
        Assert.Equal(before, kit.Link.Server);
    }

    // As everybody does who gets `unavailable`: again, until it works.
    private static async Task<Reply> RunAsync(LinkKit kit, LuaScript script)
    {
        Reply? reply = null;
        await Eventually.IsAsync(async () =>
        {
            try
            {
                reply = await kit.Link.RunAsync(script, []);
                return true;
            }
            catch (WsCore.Backplane.UnavailableException)
            {
                return false;
            }
        });
        return reply!.Value;
    }
}
