using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Redis;

/// <summary>Whether the Redis that the tests start does what they take it for.</summary>
public sealed class RedisServerTests
{
    [RedisFact]
    public async Task It_answers_on_a_port_of_its_own_and_leaves_nothing_behind()
    {
        string folder;
        await using (var first = await RedisServer.StartAsync())
        await using (var second = await RedisServer.StartAsync())
        {
            Assert.NotEqual(first.Port, second.Port);
            await first.CommandAsync("SET", "key", "é");
            Assert.Equal("é", (await first.CommandAsync("GET", "key")).Text);
            Assert.True((await second.CommandAsync("GET", "key")).IsNull);
            Assert.Equal(["1", "two"], (await first.CommandAsync("EVAL", "return {1,'two'}", "0")).Items!.Select(item => item.Text));
            folder = (await first.CommandAsync("CONFIG", "GET", "dir")).Items![1].Text!;
            Assert.True(Directory.Exists(folder));
        }

        Assert.False(Directory.Exists(folder));
    }

    [RedisFact]
    public async Task What_it_refuses_is_an_exception()
    {
        await using var redis = await RedisServer.StartAsync(new RedisOptions { Password = "secret", Lines = ["maxclients 50"] });

        var error = await Assert.ThrowsAsync<RedisErrorException>(() => redis.CommandAsync("INCR"));

        Assert.Contains("wrong number of arguments", error.Message, StringComparison.Ordinal);
        Assert.Equal("50", (await redis.CommandAsync("CONFIG", "GET", "maxclients")).Items![1].Text);
        Assert.Equal($"{redis.Endpoint},password=secret,abortConnect=false", redis.ConnectionString);
    }

    [RedisTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_kill_loses_nothing_where_every_write_is_on_disk_and_else_everything(bool appendOnly)
    {
        await using var redis = await RedisServer.StartAsync(new RedisOptions { AppendOnly = appendOnly });
        await redis.CommandAsync("SET", "key", "value");
        var before = (redis.Port, (await redis.InfoAsync("server"))["run_id"]);

        await redis.KillAsync();
        Assert.False(redis.IsRunning);
        await redis.RestartAsync();

        Assert.Equal(appendOnly ? "value" : null, (await redis.CommandAsync("GET", "key")).Text);
        Assert.Equal(before.Port, redis.Port);
        Assert.NotEqual(before.Item2, (await redis.InfoAsync("server"))["run_id"]);
    }

    [RedisFact]
    public async Task It_stops_in_order_and_starts_again()
    {
        await using var redis = await RedisServer.StartAsync();

        await redis.StopAsync();
        Assert.Contains("bye bye", redis.Tail(1), StringComparison.Ordinal);

        await redis.RestartAsync();
        Assert.Equal("PONG", (await redis.CommandAsync("PING")).Text);
    }

    [RedisFact]
    public async Task A_hung_one_answers_when_it_goes_on()
    {
        await using var redis = await RedisServer.StartAsync();

        redis.Hang();
        var answer = redis.CommandAsync("PING");
        await Eventually.Is(() => File.ReadAllText($"/proc/{redis.ProcessId}/stat").Contains(") T ", StringComparison.Ordinal));
        Assert.False(answer.IsCompleted);
        redis.Continue();

        Assert.Equal("PONG", (await answer.WithTimeout()).Text);
    }

    [RedisFact]
    public async Task A_hung_one_can_be_killed()
    {
        await using var redis = await RedisServer.StartAsync();

        redis.Hang();
        await redis.KillAsync();

        Assert.False(redis.IsRunning);
    }

    [RedisFact]
    public async Task A_replica_is_promoted_and_the_old_master_comes_back_as_its_replica()
    {
        await using var first = await RedisServer.StartAsync(new RedisOptions { AppendOnly = true, Password = "p" });
        await using var second = await RedisServer.StartAsync(new RedisOptions { ReplicaOf = first, Password = "p" });
        await second.LinkedAsync();
        await first.CommandAsync("SET", "key", "1");
        await Eventually.IsAsync(async () => (await second.CommandAsync("GET", "key")).Text == "1");

        second.Hang();
        await first.CommandAsync("SET", "key", "2");
        await first.KillAsync();
        second.Continue();
        await second.PromoteAsync();
        await first.FollowAsync(second);
        await first.RestartAsync();
        await first.LinkedAsync();

        var lost = (await second.CommandAsync("GET", "key")).Text;
        Assert.Equal(lost, (await first.CommandAsync("GET", "key")).Text);
        Assert.Equal("slave", (await first.InfoAsync("replication"))["role"]);
        Assert.Equal("master", (await second.InfoAsync("replication"))["role"]);
        Assert.Equal($"{first.Endpoint},{second.Endpoint},password=p,abortConnect=false", RedisServer.ConnectionStringOf(first, second));
    }

    [RedisFact]
    public async Task Many_start_at_once()
    {
        var servers = await Task.WhenAll(Enumerable.Range(0, 8).Select(_ => RedisServer.StartAsync()));

        Assert.Equal(8, servers.Select(server => server.Port).Distinct().Count());
        foreach (var server in servers)
        {
            await server.DisposeAsync();
        }
    }
}
