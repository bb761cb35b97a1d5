using System.Text;
using WsCore.Presence;
using WsCore.Redis.Presence;
using WsCore.Rooms;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Presence;

/// <summary>Whose members leave because of a lease, and whose do not.</summary>
public sealed class PresenceLeaseTests : IAsyncLifetime
{
    private static readonly RoomName Tea = RoomName.Create("tea"u8);
    private static readonly PresenceConnection Ada = new("a1", "ada", 1);
    private static readonly PresenceConnection Bob = new("b1", "bob", 2);
    private static readonly PresenceConnection Cid = new("c1", "cid", 3);

    private RedisServer? _redis;
    private PresenceNode? _one;

    private PresenceNode One => _one!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _one = await PresenceNode.UpAsync(_redis.ConnectionString);
    }

    public async Task DisposeAsync()
    {
        await One.DisposeAsync();
        await _redis!.DisposeAsync();
    }

    [RedisFact]
    public async Task A_node_that_dies_before_it_has_beaten_leaves_no_ghost()
    {
        await Join(One, Ada);
        await using var two = PresenceNode.Start(_redis!.ConnectionString, "n2");
        await Eventually.Is(() => two.Link.IsUp && two.Restored > 0);
        await Join(two, Bob);
        await two.Link.DisposeAsync();
        await One.PassAsync(TimeSpan.FromSeconds(20));

        await One.Told(Tea, "joined ada a1 1", "joined bob b1 2", "left bob b1 1");
        Assert.Equal("0", (await _redis.CommandAsync("EXISTS", "wscore:attended:n2", "wscore:dead")).Text);
    }

    [RedisFact]
    public async Task A_hung_node_that_goes_on_for_a_moment_and_dies_leaves_no_ghost()
    {
        await Join(One, Ada);
        await using var two = await PresenceNode.UpAsync(_redis!.ConnectionString, "n2");
        await One.PassAsync(TimeSpan.FromSeconds(20)); // the other does not beat
        Assert.Equal("n1", Assert.Single(await One.Nodes.ListAsync()).Id);
        two.Link.Offset = One.Link.Offset;
        await two.Store.JoinAsync(RoomName.Create("side"u8), Cid, default);
        await two.Link.DisposeAsync();
        await One.PassAsync(TimeSpan.FromSeconds(20));

        Assert.Empty(await One.Store.MembersAsync(RoomName.Create("side"u8)));
        Assert.Equal("0", (await _redis.CommandAsync("EXISTS", "wscore:attended:n2", "wscore:dead")).Text);
    }

    [RedisFact]
    public async Task Redis_that_hung_for_longer_than_the_lease_and_goes_on_takes_nobody_for_dead_who_lives()
    {
        await using var two = await PresenceNode.UpAsync(_redis!.ConnectionString, "n2");
        await Join(One, Ada);
        await Join(two, Bob);
        await One.Told(Tea, "joined ada a1 1", "joined bob b1 2");
        await two.Told(Tea, "joined bob b1 2");
        One.Link.Offset = two.Link.Offset = TimeSpan.FromSeconds(40); // nobody could beat
        await One.Store.TickAsync().WithTimeout();
        Assert.Equal(2, (await One.Nodes.ListAsync()).Count); // so commands are not said to have reached all while they have not
        await two.Store.TickAsync().WithTimeout();
        await PresenceNode.PassAsync(TimeSpan.FromSeconds(20), One, two);

        await One.Told(Tea);
        await two.Told(Tea);
        Assert.Equal(["ada", "bob"], (await One.Store.MembersAsync(Tea)).Select(member => member.User));
        Assert.Equal("2", (await _redis.CommandAsync("ZCARD", "wscore:nodes")).Text);
    }

    [RedisFact]
    public async Task Redis_that_hung_and_a_node_that_died_over_it_its_members_leave_soon()
    {
        await using var two = await PresenceNode.UpAsync(_redis!.ConnectionString, "n2");
        await Join(One, Ada);
        await Join(two, Bob);
        await two.Link.DisposeAsync();
        One.Link.Offset = TimeSpan.FromSeconds(40);
        await One.PassAsync(TimeSpan.FromSeconds(6));

        await One.Told(Tea, "joined ada a1 1", "joined bob b1 2", "left bob b1 1");
    }

    [RedisFact]
    public async Task A_join_that_comes_out_of_a_socket_that_was_given_up_leaves_no_ghost()
    {
        await using var two = await PresenceNode.UpAsync(_redis!.ConnectionString, "n2");
        await Join(One, Ada);
        var scripts = new RoomScripts(two.Link, two.Link.Keys, new ChangeCodec(two.Link.Codec, "n2"), "n2", TimeSpan.FromSeconds(15));
        await scripts.JoinAsync(Tea, Bob, default, withAll: false); // the node knows nothing of it any more
        await PresenceNode.PassAsync(TimeSpan.FromSeconds(65), One, two);

        await One.Told(Tea, "joined ada a1 1", "joined bob b1 2", "left bob b1 1");
        Assert.Equal("0", (await _redis.CommandAsync("EXISTS", "wscore:attended:n2")).Text);
    }

    [RedisFact]
    public async Task A_Redis_that_takes_no_writes_is_not_waited_for_by_more_and_more()
    {
        await Join(One, Ada);
        await _redis!.CommandAsync("CONFIG", "SET", "maxmemory", "1");
        Assert.Equal(2, await Join(One, Bob));
        for (var i = 0; i < 5; i++)
        {
            Assert.Equal(2, (await One.Store.MembersAsync(Tea)).Count);
        }

        Assert.True(One.Link.IsUp);
        Assert.Equal(0, One.Store.Waiting);
        await _redis.CommandAsync("CONFIG", "SET", "maxmemory", "0");
        await Eventually.IsAsync(async () =>
        {
            await One.Store.TickAsync();
            return One.Store.IsEven;
        });
        Assert.Equal(["ada", "bob"], (await One.Store.MembersAsync(Tea)).Select(member => member.User));
    }

    [RedisFact]
    public async Task Users_that_Redis_did_not_take_are_written_with_the_next_tick()
    {
        await using var two = await PresenceNode.UpAsync(_redis!.ConnectionString, "n2");
        One.Store.Connected("ada", here: true);
        await One.Store.TickAsync();
        await _redis.CommandAsync("SET", "wscore:users:n1", "what it should not be");
        One.Store.Connected("bob", here: true);
        await One.Store.TickAsync();
        await One.Store.TickAsync();

        Assert.Equal(["ada", "bob"], await two.Store.OnlineAsync(["ada", "bob", "cid"]));
    }

    [RedisFact]
    public async Task Users_of_a_node_that_could_not_beat_for_long_are_written_again()
    {
        await using var two = await PresenceNode.UpAsync(_redis!.ConnectionString, "n2");
        One.Store.Connected("ada", here: true);
        await One.Store.TickAsync();
        await _redis.CommandAsync("DEL", "wscore:users:n1"); // Redis forgets it after two leases without a beat
        One.Link.Offset = TimeSpan.FromSeconds(31);
        await One.Store.TickAsync();
        await One.Store.TickAsync();

        Assert.Equal(["ada"], await two.Store.OnlineAsync(["ada"]));
    }

    private static ValueTask<int> Join(PresenceNode node, PresenceConnection who, string state = "") => node.Store.JoinAsync(Tea, who, Encoding.UTF8.GetBytes(state));
}
