using WsCore.ClusterTests.Link;
using WsCore.Redis.Presence;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Presence;

/// <summary>What a node writes of its users when Redis refuses it.</summary>
public sealed class ConnectedUsersTests
{
    [RedisFact]
    public async Task A_refusal_between_two_ticks_is_told_by_the_next_though_all_is_written_meanwhile()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        var key = $"{kit.Link.Keys.Prefix}:users:n1";
        var users = new ConnectedUsers(kit.Link, kit.Link.Keys, "n1", TimeSpan.FromSeconds(15));
        users.Connected("anna", here: true);
        await users.FlushAsync().WithTimeout();

        await redis.CommandAsync("SET", key, "not a set");
        users.Connected("bob", here: true); // is written at once, and nobody waits for it
        await Eventually.IsAsync(async () => (await redis.InfoAsync("commandstats"))["cmdstat_sadd"].Contains("failed_calls=1", StringComparison.Ordinal));
        await redis.CommandAsync("DEL", key);
        await Eventually.IsAsync(async () =>
        {
            users.Start();
            return (await redis.CommandAsync("SCARD", key)).Number == 2;
        });

        var fault = await Assert.ThrowsAsync<InvalidOperationException>(() => users.FlushAsync().WithTimeout());
        Assert.Contains("WRONGTYPE", fault.Message, StringComparison.Ordinal);
        await users.FlushAsync().WithTimeout(); // it is told once
    }
}
