using WsCore.Backplane;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Presence;

/// <summary>Who lives, and who is found dead.</summary>
public sealed class NodeDirectoryTests : IAsyncLifetime
{
    private RedisServer? _redis;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await _redis!.DisposeAsync();

    [RedisFact]
    public async Task Every_node_lists_all_with_what_is_left_of_their_leases()
    {
        await using var one = await PresenceNode.UpAsync(_redis!.ConnectionString);
        await using var two = await PresenceNode.UpAsync(_redis.ConnectionString, "n2");
        await one.PassAsync(TimeSpan.FromSeconds(4));

        var nodes = await two.Nodes.ListAsync();

        Assert.Equal(["n1", "n2"], nodes.Select(node => node.Id));
        Assert.Equal(new NodeInfo("n2", "name of n2", "1.2", 7, DateTimeOffset.UnixEpoch, nodes[1].Lease), nodes[1]);
        Assert.InRange(nodes[1].Lease, TimeSpan.FromSeconds(1), TimeSpan.FromSeconds(15));
        Assert.True(nodes[0].Lease > nodes[1].Lease, "the one whose clock is ahead beat later");
        Assert.Equal(2, one.Nodes.Living);
    }

    [RedisFact]
    public async Task A_node_that_is_not_heard_of_is_off_the_list_when_its_lease_ends()
    {
        await using var one = await PresenceNode.UpAsync(_redis!.ConnectionString);
        await using var two = await PresenceNode.UpAsync(_redis.ConnectionString, "n2");
        await one.PassAsync(TimeSpan.FromSeconds(14));
        Assert.Equal(2, (await one.Nodes.ListAsync()).Count);

        await one.PassAsync(TimeSpan.FromSeconds(2));

        Assert.Equal("n1", Assert.Single(await one.Nodes.ListAsync()).Id);
        Assert.Equal(1, one.Nodes.Living);
        Assert.Equal("0", (await _redis.CommandAsync("ZCARD", "wscore:dead")).Text); // there was nothing to reap
    }

    [RedisFact]
    public async Task A_node_that_stops_is_off_the_list_at_once_and_does_not_come_back()
    {
        await using var one = await PresenceNode.UpAsync(_redis!.ConnectionString);
        await using var two = await PresenceNode.UpAsync(_redis.ConnectionString, "n2");

        await two.Nodes.DepartAsync().AsTask().WithTimeout();
        await two.Store.TickAsync().WithTimeout();

        Assert.Equal("n1", Assert.Single(await one.Nodes.ListAsync()).Id);
    }

    [RedisFact]
    public async Task Without_Redis_the_list_is_unavailable_and_a_beat_harmless()
    {
        await using var one = PresenceNode.Start("127.0.0.1:1,abortConnect=false");
        await one.Nodes.BeatAsync().WithTimeout();
        await one.Nodes.DepartAsync().AsTask().WithTimeout();

        await Assert.ThrowsAsync<UnavailableException>(() => one.Nodes.ListAsync().AsTask());
    }
}
