using System.Text;
using WsCore.Presence;
using WsCore.Rooms;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Presence;

/// <summary>Two nodes on one Redis: each tells its members the same, once.</summary>
public sealed class PresenceAcrossNodesTests : TwoPresenceNodes
{
    private static readonly PresenceConnection AdaToo = new("a2", "ada", 3);
    private static readonly PresenceConnection Nobody = new("x1", null, 4);

    [RedisFact]
    public async Task Who_comes_goes_and_changes_on_one_node_is_told_on_both_in_one_order()
    {
        Assert.Equal(1, await Join(One, Ada, "1"));
        Assert.Equal(2, await Join(Two, Bob));
        Assert.Equal(3, await Join(One, Nobody));
        Assert.True(await Two.Store.UpdateAsync(Tea, Bob, "2"u8.ToArray()));
        await One.Store.LeaveAsync(Tea, Nobody, lost: false);
        await Told(One, "joined ada a1 1 1", "joined bob b1 2", "joined - x1 3", "updated bob b1 2 3", "left - x1 2");
        await Told(Two, "joined bob b1 2", "joined - x1 3", "updated bob b1 2 3", "left - x1 2");

        foreach (var node in (PresenceNode[])[One, Two])
        {
            var members = await node.Store.MembersAsync(Tea);
            Assert.Equal([("ada", "a1", "1"), ("bob", "b1", "2")], members.Select(member => (member.User!, member.Connections.Single(), member.State.ToString()!)));
        }
    }

    [RedisFact]
    public async Task A_user_on_two_nodes_is_one_member_until_the_last_connection_goes()
    {
        Assert.Equal(1, await Join(One, Ada));
        Assert.Equal(1, await Join(Two, AdaToo));
        Assert.Equal(2, await Join(Two, Bob));
        await One.Store.LeaveAsync(Tea, Ada, lost: true);
        await PresenceNode.PassAsync(TimeSpan.FromSeconds(8), One, Two);
        Assert.Equal(["a2"], (await Two.Store.MembersAsync(Tea))[0].Connections);
        await Two.Store.LeaveAsync(Tea, AdaToo, lost: false);

        Assert.Equal((PresenceChangeKind.Arrived, "a2"), (Two.Sink.Changes(Tea)[0].Kind, Two.Sink.Changes(Tea)[0].Who.Connection));
        await Told(Two, "joined bob b1 2", "left ada a2 1");
    }

    [RedisFact]
    public async Task The_grace_is_settled_by_whichever_node_and_told_on_both_once()
    {
        await Join(One, Ada);
        await Join(One, Nobody);
        await Join(Two, Bob);
        await One.Store.LeaveAsync(Tea, Ada, lost: true);
        One.Link.Offset = Two.Link.Offset = TimeSpan.FromSeconds(4);
        await Two.Store.TickAsync();
        await Told(Two, "joined bob b1 3");

        Two.Link.Offset = TimeSpan.FromSeconds(6);
        await Two.Store.TickAsync();

        await Told(Two, "left ada a1 2");
        await Told(One, "joined ada a1 1", "joined - x1 2", "joined bob b1 3", "left ada a1 2");
        await PresenceNode.PassAsync(TimeSpan.FromSeconds(6), One, Two);
        await Told(One);
        await Told(Two);
    }

    [RedisFact]
    public async Task Who_is_back_on_another_node_within_the_grace_was_never_away()
    {
        await Join(One, Ada, "1");
        await Join(One, Nobody);
        await One.Store.LeaveAsync(Tea, Ada, lost: true);
        Assert.Equal(2, await Join(Two, AdaToo));
        await PresenceNode.PassAsync(TimeSpan.FromSeconds(8), One, Two);

        await Told(One, "joined ada a1 1 1", "joined - x1 2");
        await Told(Two);
        Assert.Equal("1", (await Two.Store.MembersAsync(Tea))[0].State.ToString());
    }

    [RedisFact]
    public async Task A_dead_nodes_members_leave_when_its_lease_ends_each_told_once()
    {
        await Join(One, Ada);
        await Join(Two, Bob);
        await Join(Two, AdaToo);
        for (var i = 0; i < 300; i++) // more than are taken out at once
        {
            await Two.Store.JoinAsync(RoomName.Create(Encoding.UTF8.GetBytes($"side:{i}")), new PresenceConnection("b1", "bob", 10 + i), default);
        }

        await One.Store.JoinAsync(RoomName.Create("side:7"u8), Ada with { Ticket = 400 }, default);
        await Two.Store.TickAsync();
        await Two.Link.DisposeAsync();
        await One.PassAsync(TimeSpan.FromSeconds(12));
        await Told(One, "joined ada a1 1", "joined bob b1 2");

        await One.PassAsync(TimeSpan.FromSeconds(6));

        await Told(One, "left bob b1 1");
        Assert.Equal(["a1"], Assert.Single(await One.Store.MembersAsync(Tea)).Connections);
        Assert.Equal("ada", Assert.Single(await One.Store.MembersAsync(RoomName.Create("side:7"u8))).User);
        Assert.Empty(await One.Store.MembersAsync(RoomName.Create("side:8"u8)));
        Assert.Equal("0", (await Redis.CommandAsync("EXISTS", "wscore:attended:n2", "wscore:users:n2", "wscore:dead")).Text);
        await One.PassAsync(TimeSpan.FromSeconds(8));
        await Told(One);
    }

    [RedisFact]
    public async Task Reaping_that_was_broken_off_is_gone_on_with_by_another()
    {
        await Join(One, Ada);
        await Join(Two, Bob);
        await Two.Link.DisposeAsync();
        await Redis.CommandAsync("ZREM", "wscore:nodes", "n2");
        await Redis.CommandAsync("ZADD", "wscore:dead", "0", "n2"); // found dead by one who died over it
        await One.Store.TickAsync();

        await Told(One, "joined ada a1 1", "joined bob b1 2", "left bob b1 1");
    }

    [RedisFact]
    public async Task A_hung_node_that_was_reaped_and_is_back_brings_its_members_again()
    {
        await Join(One, Ada);
        await Join(Two, Bob, "\"here\"");
        var since = (await Two.Store.MembersAsync(Tea))[1].Since;
        await One.PassAsync(TimeSpan.FromSeconds(10)); // the other does nothing meanwhile, but it hears what is said of it
        Two.Link.Offset = One.Link.Offset;
        await One.PassAsync(TimeSpan.FromSeconds(6));
        await Two.Store.TickAsync();

        await Told(One, "joined ada a1 1", "joined bob b1 \"here\" 2", "left bob b1 1", "joined bob b1 \"here\" 2");
        await Told(Two, "joined bob b1 \"here\" 2", "left bob b1 1", "joined bob b1 \"here\" 2");
        var members = await One.Store.MembersAsync(Tea);
        Assert.Equal(since, members[1].Since);
        Assert.Equal(["b1"], members[1].Connections);
        Assert.Equal("0", (await Redis.CommandAsync("ZCARD", "wscore:dead")).Text);
    }

    [RedisFact]
    public async Task A_node_that_stops_leaves_nothing_behind()
    {
        await Join(One, Ada);
        await Join(Two, Bob);
        await Two.Nodes.DepartAsync().AsTask().WithTimeout(); // with a member, as after a drain that was cut
        await One.Store.TickAsync();

        await Told(Two, "joined bob b1 2", "left bob b1 1");
        await Two.Store.TickAsync(); // and does not say that he is there after all
        await One.Store.TickAsync();
        await Told(One, "joined ada a1 1", "joined bob b1 2", "left bob b1 1");
        Assert.Equal("0", (await Redis.CommandAsync("ZCARD", "wscore:dead")).Text);
    }

    [RedisFact]
    public async Task Online_asks_the_nodes_that_live_and_not_for_those_who_are_here()
    {
        await Connect(One, "ada", true);
        await Connect(Two, "bob", true);
        await Connect(Two, "cid", true);
        await Connect(Two, "zoë", true);
        await Connect(Two, "cid", false);
        Assert.Equal(["zoë", "ada", "bob"], await One.Store.OnlineAsync(["zoë", "cid", "ada", "bob", "zoë"]));
        Assert.Equal(["ada"], await Two.Store.OnlineAsync(["ada", "cid"]));

        await Two.Link.DisposeAsync();
        await One.PassAsync(TimeSpan.FromSeconds(16));
        Assert.Equal(["ada"], await One.Store.OnlineAsync(["zoë", "ada", "bob"]));
        Assert.Equal("0", (await Redis.CommandAsync("EXISTS", "wscore:users:n2")).Text);
    }

    [RedisFact]
    public async Task Users_who_come_and_go_at_the_same_time_are_counted_right()
    {
        await Parallel.ForAsync(0, 200, async (i, _) =>
        {
            var (user, here) = (i % 10, i >= 100);
            if (here || user < 5 || i >= 10) // five of them go as often as they come, five once less
            {
                One.Store.Connected($"u{user}", here);
            }

            await Task.Yield();
        });
        One.Store.Connected("late", here: false); // overtaken by its own end
        One.Store.Connected("late", here: true);
        await One.Store.TickAsync();

        var users = (await Redis.CommandAsync("SMEMBERS", "wscore:users:n1")).Items!.Select(item => item.Text!).Order(StringComparer.Ordinal);
        Assert.Equal(["u5", "u6", "u7", "u8", "u9"], users);
    }

    [RedisFact]
    public async Task Many_on_both_nodes_at_once_both_hear_one_order_and_end_right()
    {
        var staying = new PresenceConnection("stay", null, 1);
        await Join(One, staying);
        await Join(Two, staying with { Connection = "stay2" });
        await Task.WhenAll(Enumerable.Range(0, 8).Select(thread => Task.Run(async () =>
        {
            var node = thread % 2 == 0 ? One : Two;
            for (var i = 0; i < 100; i++)
            {
                var who = new PresenceConnection($"c{thread}", thread < 4 ? "shared" : null, 10 + i);
                await Join(node, who, $"{i}");
                await node.Store.LeaveAsync(Tea, who, lost: false);
            }
        }))).WithTimeout();

        static string[] After(PresenceNode node, string first) => [.. node.Sink.Lines(Tea).SkipWhile(line => !line.StartsWith(first, StringComparison.Ordinal))];
        try
        {
            await Eventually.Is(() => After(One, "joined - stay2").SequenceEqual(After(Two, "joined - stay2")), timeout: TimeSpan.FromSeconds(5));
        }
        catch (TimeoutException)
        {
            // what there is says more
        }

        Assert.Equal(After(One, "joined - stay2"), After(Two, "joined - stay2"));
        Assert.Equal(0, One.Sink.Overlaps + Two.Sink.Overlaps);
        Assert.Equal(0, One.Store.Repaired + Two.Store.Repaired);
        Assert.Equal(await Keys(One), await Keys(Two));
    }

    [RedisFact]
    public async Task Nobody_there_no_view_stays_and_no_lasting_key()
    {
        await Join(One, Ada);
        await Join(Two, Nobody);
        await One.Store.LeaveAsync(Tea, Ada, lost: true);
        await Two.Store.LeaveAsync(Tea, Nobody, lost: false);
        Assert.Equal((1, 0), (One.Store.Rooms, Two.Store.Rooms));
        await PresenceNode.PassAsync(TimeSpan.FromSeconds(7), One, Two);

        await Eventually.Equal((0, 0L), () => (One.Store.Rooms, One.Store.Members));
        Assert.InRange((await Redis.CommandAsync("PTTL", "wscore:presence:tea")).Number, 1, 60_000);
        Assert.Equal("0", (await Redis.CommandAsync("EXISTS", "wscore:lost", "wscore:attended:n1", "wscore:attended:n2")).Text);
    }

    private static async Task<string[]> Keys(PresenceNode node) => [.. (await node.Store.MembersAsync(Tea)).Select(member => member.Key)];

    private static async Task Connect(PresenceNode node, string user, bool here)
    {
        _ = here ? node.Connected.Add(user) : node.Connected.Remove(user);
        node.Store.Connected(user, here);
        await node.Store.TickAsync();
    }
}
