using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Link;

/// <summary>What an operator reads of the link.</summary>
public sealed class LinkLogTests
{
    [RedisFact]
    public async Task An_outage_is_told_from_the_loss_to_the_return_and_no_line_has_the_password()
    {
        await using var redis = await RedisServer.StartAsync(new RedisOptions { Password = "very-secret" });
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        var first = Assert.Single(kit.Log);
        Assert.StartsWith($"9001 Connected to Redis at {redis.Endpoint}, version 7.", first, StringComparison.Ordinal);
        Assert.EndsWith("incarnation 1: its history is taken as it is ", first, StringComparison.Ordinal);

        await redis.KillAsync();
        await Eventually.Is(() => !kit.Link.IsUp && kit.Log.Any(line => line.StartsWith("9003", StringComparison.Ordinal)));
        Assert.Contains("cannot be reached", kit.Link.Problem!, StringComparison.Ordinal);
        await redis.RestartAsync();
        await Eventually.Is(() => kit.Log.Last().StartsWith("9001", StringComparison.Ordinal));

        Assert.Contains("incarnation 2: messages may have been lost", kit.Log.Last(), StringComparison.Ordinal);
        Assert.InRange(kit.Log.Count, 3, 10); // the reason once, not each second
        Assert.All(kit.Log, line => Assert.DoesNotContain("very-secret", line, StringComparison.Ordinal));
    }

    [RedisFact]
    public async Task What_cannot_be_used_is_told_with_the_reason_once()
    {
        await using var redis = await RedisServer.StartAsync(new RedisOptions { Lines = ["cluster-enabled yes"] });
        await using var kit = LinkKit.Start(redis.ConnectionString);

        await Eventually.Is(() => !kit.Log.IsEmpty);

        Assert.Contains("Redis Cluster, which is not supported", Assert.Single(kit.Log), StringComparison.Ordinal);
        Assert.Contains("Redis Cluster, which is not supported", kit.Link.Problem!, StringComparison.Ordinal);
    }

    [RedisFact]
    public async Task A_memory_policy_that_removes_keys_is_warned_of_once()
    {
        await using var redis = await RedisServer.StartAsync(new RedisOptions { Lines = ["maxmemory-policy allkeys-lru"] });
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        var restored = kit.Restored;

        await redis.CommandAsync("CLIENT", "KILL", "TYPE", "pubsub");
        await Eventually.Is(() => kit.Restored > restored);

        Assert.Contains("allkeys-lru", Assert.Single(kit.Log, line => line.StartsWith("9005", StringComparison.Ordinal)), StringComparison.Ordinal);
    }
}
