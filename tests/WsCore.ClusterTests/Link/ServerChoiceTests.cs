using WsCore.Backplane;
using WsCore.Redis.Link;
using WsCore.TestKit.Net;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Link;

/// <summary>Which of several servers is used, and which is none to be used.</summary>
public sealed class ServerChoiceTests
{
    private readonly ManualTimeProvider _time = new();

    [RedisFact]
    public async Task Older_data_is_used_only_when_the_newer_did_not_come_back_for_a_while()
    {
        await using var redis = await RedisServer.StartAsync();
        var choice = Create($"127.0.0.1:{FreePort.Next()},{redis.ConnectionString}");

        var error = await Assert.ThrowsAsync<UnavailableException>(() => choice.ConnectAsync(seen: 3));
        Assert.Contains("older data", error.Message, StringComparison.Ordinal);
        _time.Advance(ServerChoice.Patience - TimeSpan.FromSeconds(1));
        await Assert.ThrowsAsync<UnavailableException>(() => choice.ConnectAsync(seen: 3));
        _time.Advance(TimeSpan.FromSeconds(2));
        var (session, facts) = await choice.ConnectAsync(seen: 3);

        Assert.True(facts.IsMaster);
        session.Close();
    }

    [RedisFact]
    public async Task Older_data_is_used_at_once_where_nothing_newer_can_come_back()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var replica = await RedisServer.StartAsync(new RedisOptions { ReplicaOf = redis });
        var choice = Create(RedisServer.ConnectionStringOf(replica, redis));

        var (session, _) = await choice.ConnectAsync(seen: 3);

        Assert.Equal(redis.Endpoint, session.EndPoint);
        session.Close();
    }

    [RedisFact]
    public async Task A_server_that_does_not_answer_does_not_hold_up_one_that_does()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var hung = await RedisServer.StartAsync();
        hung.Hang();
        var text = ConnectionText.Parse(RedisServer.ConnectionStringOf(hung, redis));
        var choice = new ServerChoice(text, "wscore:server"u8.ToArray(), TimeProvider.System);
        var start = TimeProvider.System.GetTimestamp();

        var (session, _) = await choice.ConnectAsync(seen: 0);

        Assert.Equal(redis.Endpoint, session.EndPoint);
        Assert.InRange(TimeProvider.System.GetElapsedTime(start).TotalSeconds, 0, 1.9);
        session.Close();
        hung.Continue();
    }

    [RedisFact]
    public async Task A_cluster_is_refused_in_a_sentence()
    {
        await using var redis = await RedisServer.StartAsync(new RedisOptions { Lines = ["cluster-enabled yes"] });

        var error = await Assert.ThrowsAsync<UnavailableException>(() => Create(redis.ConnectionString).ConnectAsync(0));

        Assert.Contains("Redis Cluster, which is not supported", error.Message, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task A_replica_alone_is_none_to_be_used()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var replica = await RedisServer.StartAsync(new RedisOptions { ReplicaOf = redis });

        var error = await Assert.ThrowsAsync<UnavailableException>(() => Create(replica.ConnectionString).ConnectAsync(0));

        Assert.Contains("is a replica", error.Message, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task A_wrong_password_is_told_without_it()
    {
        await using var redis = await RedisServer.StartAsync(new RedisOptions { Password = "right" });
        var choice = Create($"{redis.Endpoint},password=wrong-one");

        var error = await Assert.ThrowsAsync<UnavailableException>(() => choice.ConnectAsync(0));

        Assert.DoesNotContain("wrong-one", error.ToString(), StringComparison.Ordinal);
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
    }

    private ServerChoice Create(string connection) => new(ConnectionText.Parse(connection), "wscore:server"u8.ToArray(), _time);
}
