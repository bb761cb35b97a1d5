using System.Text;
using WsCore.Backplane;
using WsCore.Redis.Link;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Link;

/// <summary>The link with a Redis that is well.</summary>
public sealed class RedisLinkTests
{
    private static readonly Topic Room = new("wscore:room:a"u8.ToArray());

    [RedisFact]
    public async Task A_script_answers_with_every_kind_of_reply()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        var script = LuaScript.From("kinds", "return {1, 'two', {3, ARGV[1], ARGV[2]}, false, redis.status_reply('OK'), {}, '', KEYS[1], PREFIX, BASE}");

        var reply = await kit.Link.RunAsync(script, ["key"u8.ToArray()], 5, "é");

        Assert.Equal(1, reply[0].Number);
        Assert.Equal("two", reply[1].Text);
        Assert.Equal([3, 5], reply[2].List.Take(2).Select(item => item.Number));
        Assert.Equal("é", reply[2][2].Text);
        Assert.True(reply[3].IsNull);
        Assert.Equal("OK", reply[4].Text);
        Assert.Empty(reply[5].List);
        Assert.Empty(reply[6].Bytes);
        Assert.Equal("key", reply[7].Text);
        Assert.Equal("wscore", reply[8].Text);
        Assert.Equal(kit.Link.Server!.Base, reply[9].Text);
    }

    [RedisFact]
    public async Task What_one_publishes_the_others_get_in_order_and_itself_does_not()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await LinkKit.UpAsync(redis.ConnectionString);
        await using var two = await LinkKit.UpAsync(redis.ConnectionString, "n2");
        await one.Link.OpenAsync(Room);
        await two.Link.OpenAsync(Room);

        for (var i = 0; i < 5_000; i++)
        {
            Assert.True(one.Publish(Room, Encoding.UTF8.GetBytes($"m{i}"), (UInt128)i));
        }

        await Eventually.Equal(5_000, () => two.Received.Count);
        Assert.Equal(Enumerable.Range(0, 5_000), two.Received.Select(envelope => (int)envelope.Id));
        Assert.Equal("m17", Encoding.UTF8.GetString(two.Received.ElementAt(17).Payload.Span));
        Assert.Empty(one.Received);
    }

    [RedisFact]
    public async Task Time_can_be_moved_for_scripts()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        var clock = LuaScript.From("clock", "return now()");
        var before = (await kit.Link.RunAsync(clock, [])).Number;

        kit.Link.Offset = TimeSpan.FromHours(1);

        Assert.InRange((await kit.Link.RunAsync(clock, [])).Number - before, 3_600_000, 3_660_000);
    }

    [RedisFact]
    public async Task What_is_forged_foreign_or_damaged_is_counted_and_dropped()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        await using var foreign = await LinkKit.UpAsync(redis.ConnectionString, "n2", options => options.HmacKey = new string('k', 32));
        await using var other = await LinkKit.UpAsync(redis.ConnectionString, "n3");
        await kit.Link.OpenAsync(Room);

        await redis.CommandAsync("PUBLISH", "wscore:room:a", "");
        await redis.CommandAsync("PUBLISH", "wscore:room:a", "noise");
        Assert.True(foreign.Publish(Room));
        await Eventually.Equal(1, () => foreign.Counted("wscore.bus.published"));
        Assert.True(other.Publish(Room));

        await Eventually.Equal(1, () => kit.Received.Count);
        Assert.Equal("n3", kit.Received.Single().Node);
        Assert.Equal(3, kit.Counted("wscore.bus.refused"));
    }

    [RedisFact]
    public async Task What_happens_is_counted()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);

        Assert.True(kit.Publish(Room));

        await Eventually.Equal(1, () => kit.Counted("wscore.bus.published"));
        await Eventually.Is(() => kit.Counted("wscore.bus.roundtrip") > 1);
        Assert.Equal(1, kit.Counted("wscore.bus.connects"));
    }

    [RedisFact]
    public async Task A_state_of_Redis_is_unavailable_and_a_fault_of_a_script_is_not()
    {
        await using var redis = await RedisServer.StartAsync(new RedisOptions { Lines = ["min-replicas-to-write 0"] });
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        var write = LuaScript.From("write", "return redis.call('INCR', KEYS[1])");
        Assert.Equal(1, (await kit.Link.RunAsync(write, ["k"u8.ToArray()])).Number);

        await redis.CommandAsync("CONFIG", "SET", "min-replicas-to-write", "1");
        var error = await Assert.ThrowsAsync<UnavailableException>(() => kit.Link.RunAsync(write, ["k"u8.ToArray()]).AsTask());
        Assert.DoesNotContain("NOREPLICAS", error.Message, StringComparison.Ordinal); // clients read it
        Assert.Contains("NOREPLICAS", error.InnerException!.Message, StringComparison.Ordinal);
        await redis.CommandAsync("CONFIG", "SET", "min-replicas-to-write", "0");
        Assert.Equal(2, (await kit.Link.RunAsync(write, ["k"u8.ToArray()])).Number);
    }

    [RedisFact]
    public async Task What_keeps_a_server_from_being_greeted_again_is_not_told_to_clients()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        var one = LuaScript.From("one", "return 1");
        await kit.Link.RunAsync(one, []);
        await redis.CommandAsync("FLUSHALL");
        await redis.CommandAsync("CONFIG", "SET", "min-replicas-to-write", "1");

        var error = await Assert.ThrowsAsync<UnavailableException>(() => kit.Link.RunAsync(one, []).AsTask());

        Assert.DoesNotContain("Redis", error.Message, StringComparison.Ordinal);
        Assert.Contains("NOREPLICAS", error.ToString(), StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task Databases_and_prefixes_keep_applications_apart()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await LinkKit.UpAsync(redis.ConnectionString, "n1", options => options.Prefix = "one");
        await using var two = await LinkKit.UpAsync($"{redis.ConnectionString},defaultDatabase=3", "n2", options => options.Prefix = "two");

        Assert.Equal("1", (await redis.CommandAsync("EXISTS", "one:server")).Text);
        Assert.Equal("0", (await redis.CommandAsync("EXISTS", "two:server")).Text);
        Assert.NotEqual(one.Link.Server!.Base, two.Link.Server!.Base);
        Assert.Equal(two.Link.Server.Base, (await two.Link.RunAsync(LuaScript.From("base", "return redis.call('HGET', PREFIX .. ':server', 'base')"), [])).Text);
    }
}
