using WsCore.Backplane;
using WsCore.Presence;
using WsCore.Rooms;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Presence;

/// <summary>What presence does while Redis is away, has lost its data or messages of it.</summary>
public sealed class PresenceOutageTests : TwoPresenceNodes
{
    private static readonly PresenceConnection Cid = new("c1", "cid", 3);
    private static readonly PresenceConnection Dan = new("d1", "dan", 4);

    [RedisFact]
    public async Task Redis_wiped_while_both_live_nobody_is_told_anything_and_all_are_there()
    {
        await Join(One, Ada, "1");
        await Join(Two, Bob);
        await Two.Store.JoinAsync(RoomName.Create("side"u8), Bob, default);
        One.Store.Connected("ada", here: true);
        await One.Store.TickAsync();
        var before = (await One.Store.MembersAsync(Tea)).Select(member => (member.Key, member.Since)).ToArray();
        await Told(One, "joined ada a1 1 1", "joined bob b1 2");
        await Told(Two, "joined bob b1 2");

        await Redis.CommandAsync("FLUSHALL");
        await EvenAsync();

        Assert.Equal(before, (await One.Store.MembersAsync(Tea)).Select(member => (member.Key, member.Since)));
        Assert.Equal(before, (await Two.Store.MembersAsync(Tea)).Select(member => (member.Key, member.Since)));
        Assert.Equal(["ada"], await Two.Store.OnlineAsync(["ada"]));
        Assert.Equal("1", (await Redis.CommandAsync("HGET", "wscore:presence:tea", "sada")).Text);
        Assert.Equal("1", (await Redis.CommandAsync("EXISTS", "wscore:presence:side")).Text);
        await Told(One);
        await Told(Two);
        Assert.Equal(2, await Join(One, Ada with { Connection = "a2" }));
    }

    [RedisFact]
    public async Task Redis_wiped_and_one_node_dies_its_members_have_left_in_the_end()
    {
        await Join(One, Ada);
        await Join(Two, Bob);
        await Told(One, "joined ada a1 1", "joined bob b1 2");
        await Two.Link.DisposeAsync();

        await Redis.CommandAsync("FLUSHALL");
        await Eventually.Is(() => TickAndSee(One, "left bob b1 1"), timeout: TimeSpan.FromSeconds(10));

        await Told(One, "left bob b1 1");
    }

    [RedisFact]
    public async Task While_Redis_is_away_joins_and_leaves_take_effect_here_and_elsewhere_once_it_is_back()
    {
        await Join(One, Ada);
        await Join(Two, Bob);
        await Told(One, "joined ada a1 1", "joined bob b1 2");
        await Told(Two, "joined bob b1 2");
        await Redis.KillAsync();
        await Eventually.Is(() => !One.Link.IsUp && !Two.Link.IsUp);

        Assert.Equal(3, await Join(One, Cid, "1").AsTask().WithTimeout());
        Assert.True(await One.Store.UpdateAsync(Tea, Ada, "\"busy\""u8.ToArray()));
        await One.Store.LeaveAsync(Tea, Cid, lost: false).AsTask().WithTimeout();
        Assert.Equal(3, await Join(One, Dan, "2").AsTask().WithTimeout());
        await Two.Store.LeaveAsync(Tea, Bob, lost: false).AsTask().WithTimeout();
        Assert.Equal(3, (await One.Store.MembersAsync(Tea)).Count);
        await Assert.ThrowsAsync<UnavailableException>(() => One.Store.MembersAsync(RoomName.Create("other"u8)).AsTask());
        await Assert.ThrowsAsync<UnavailableException>(() => One.Store.OnlineAsync(["nobody"]).AsTask());
        Assert.Equal(1, await Two.Store.JoinAsync(RoomName.Create("new"u8), Bob with { Ticket = 9 }, default).AsTask().WithTimeout());
        Assert.Contains(Two.Sink.Changes(RoomName.Create("new"u8)), change => change is { Kind: PresenceChangeKind.Joined, Who.Connection: "b1" }); // so it listens
        await Told(One, "joined cid c1 1 3", "updated ada a1 \"busy\" 3", "left cid c1 2", "joined dan d1 2 3");

        await Redis.RestartAsync();
        await Eventually.Is(() => One.Link.IsUp && Two.Link.IsUp);
        await EvenAsync();

        await Told(One, "left bob b1 2");
        Assert.Equal([("ada", "\"busy\""), ("dan", "2")], (await One.Store.MembersAsync(Tea)).Select(member => (member.User!, member.State.ToString()!)));
        Assert.Equal(["ada", "dan"], (await Two.Store.MembersAsync(Tea)).Select(member => member.User));
        Assert.Equal("bob", Assert.Single(await One.Store.MembersAsync(RoomName.Create("new"u8))).User);
        Assert.Equal("2", (await Redis.CommandAsync("HLEN", "wscore:attended:n1")).Text);
    }

    [RedisFact]
    public async Task Redis_that_keeps_its_data_and_hangs_for_a_while_leaves_no_ghost()
    {
        await Join(One, Ada);
        await Join(One, Cid);
        await Join(Two, Bob);
        await One.Store.JoinAsync(RoomName.Create("side"u8), Cid, default);
        Redis.Hang();
        var leaving = One.Store.LeaveAsync(Tea, Cid, lost: false).AsTask(); // not known whether it took effect
        var alone = One.Store.LeaveAsync(RoomName.Create("side"u8), Cid, lost: true).AsTask();
        await Task.WhenAll(leaving, alone).WithTimeout();
        await Eventually.Is(() => !One.Link.IsUp);
        await One.Store.LeaveAsync(Tea, Ada, lost: true).AsTask().WithTimeout(); // the last one here
        Redis.Continue();
        await Eventually.Is(() => One.Link.IsUp && Two.Link.IsUp);
        await EvenAsync();

        Assert.Equal(["bob"], (await Two.Store.MembersAsync(Tea)).Where(member => member.Connections.Count > 0).Select(member => member.User));
        await PresenceNode.PassAsync(TimeSpan.FromSeconds(7), One, Two);
        await Eventually.Is(() => Two.Store.Members == 1, "bob is alone");
        Assert.Equal((0, "0"), (One.Store.Rooms, (await Redis.CommandAsync("EXISTS", "wscore:attended:n1")).Text));
    }

    [RedisFact]
    public async Task Lost_announcements_are_made_good_by_the_difference()
    {
        await Join(One, Ada);
        await Join(Two, Bob);
        await Told(One, "joined ada a1 1", "joined bob b1 2");
        await Told(Two, "joined bob b1 2");
        var ticket = 10;
        for (var i = 0; i < 3; i++, ticket += 10)
        {
            await Redis.CommandAsync("CLIENT", "KILL", "TYPE", "pubsub");
            await Join(Two, Cid with { Ticket = ticket }, $"{i}");
            await Two.Store.LeaveAsync(Tea, Bob with { Ticket = ticket }, lost: false);
            await Join(Two, Bob with { Ticket = ticket + 1 }, $"{i}");
            await Eventually.Is(() => One.Link.IsUp && Two.Link.IsUp);
            await EvenAsync();
            Assert.Equal([$"{i}", $"{i}"], (await One.Store.MembersAsync(Tea)).Skip(1).Select(member => member.State.ToString()));
            await Two.Store.LeaveAsync(Tea, Bob with { Ticket = ticket + 2 }, lost: false);
            await Two.Store.LeaveAsync(Tea, Cid with { Ticket = ticket + 2 }, lost: false);
            await Join(Two, Bob with { Ticket = ticket + 3 });
        }

        await EvenAsync();
        Assert.Equal(["ada", "bob"], (await One.Store.MembersAsync(Tea)).Select(member => member.User));
        AssertSensible(One);
        AssertSensible(Two);
    }

    [RedisFact]
    public async Task A_change_that_nobody_heard_is_found_within_ten_ticks()
    {
        await Join(One, Ada);
        await Join(Two, Bob);
        await Told(One, "joined ada a1 1", "joined bob b1 2");

        // As a script of the other node leaves it when its publishing is lost on the way.
        await Redis.CommandAsync("HINCRBY", "wscore:presence:tea", "v", "1");
        await Redis.CommandAsync("HSET", "wscore:presence:tea", "sbob", "7");
        await PresenceNode.PassAsync(TimeSpan.FromSeconds(12), One, Two);

        await Told(One, "updated bob b1 7 2");
        Assert.Equal(1, One.Store.Repaired);
    }

    [RedisFact]
    public async Task A_large_room_costs_a_change_no_more_than_a_small_one()
    {
        const int Members = 3000;
        for (var i = 0; i < Members; i += 500)
        {
            await Task.WhenAll(Enumerable.Range(i, 500).Select(n => Join(One, new PresenceConnection($"m{n}", $"user{n}", n), "{\"mood\":\"good\"}").AsTask())).WithTimeout();
        }

        Assert.Equal(Members + 1, await Join(Two, Bob));
        await Redis.CommandAsync("CONFIG", "RESETSTAT");
        for (var i = 0; i < 100; i++)
        {
            await Join(Two, Cid with { Ticket = 10 + i });
            await Two.Store.LeaveAsync(Tea, Cid with { Ticket = 10 + i }, lost: false);
        }

        var sent = long.Parse((await Redis.InfoAsync("stats"))["total_net_output_bytes"], System.Globalization.CultureInfo.InvariantCulture);
        Assert.InRange(sent, 200 * 100, 200 * 2_000); // the answer, and the message to each of two nodes
        await Eventually.Is(() => One.Store.Members == Members + 1);
        Assert.Equal(Members + 1, (await One.Store.MembersAsync(Tea)).Count);
        Assert.Same(await One.Store.MembersAsync(Tea), await One.Store.MembersAsync(Tea));
    }

    /// <summary>Both nodes tick until both know the same and Redis too.</summary>
    private async Task EvenAsync()
    {
        async Task<bool> AreEven()
        {
            await Task.WhenAll(One.Store.TickAsync(), Two.Store.TickAsync()).WithTimeout();
            var (one, two) = (One.Store.PositionOf(Tea), Two.Store.PositionOf(Tea));
            var there = (await Redis.CommandAsync("HGET", "wscore:presence:tea", "v")).Text;
            return (one == default || $"{one.Version}" == there) && (two == default || $"{two.Version}" == there) && One.Store.IsEven && Two.Store.IsEven;
        }

        await Eventually.IsAsync(AreEven, "both nodes know what Redis knows", TimeSpan.FromSeconds(15));
    }

    private static bool TickAndSee(PresenceNode node, string line)
    {
        node.Store.TickAsync().Wait(TimeSpan.FromSeconds(5));
        return node.Sink.Lines(Tea).Contains(line);
    }

    private static void AssertSensible(PresenceNode node)
    {
        HashSet<string> present = ["ada", "bob"];
        foreach (var change in node.Sink.Changes(Tea))
        {
            var key = change.Who.User!;
            Assert.True(change.Kind switch
            {
                PresenceChangeKind.Joined => present.Add(key),
                PresenceChangeKind.Left => present.Remove(key),
                _ => present.Contains(key),
            }, $"{change} while {string.Join(' ', present)} are there");
        }
    }
}
