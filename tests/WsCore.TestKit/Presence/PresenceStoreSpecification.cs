using System.Text;
using WsCore.Presence;
using WsCore.Rooms;
using WsCore.TestKit.Time;
using Xunit;

namespace WsCore.TestKit.Presence;

/// <summary>What every <see cref="IPresenceStore"/> does. A test project derives a class from it, which gives it a store that nobody used before.</summary>
public abstract class PresenceStoreSpecification
{
    private protected static readonly RoomName Tea = RoomName.Create("tea"u8);
    private static readonly RoomName Side = RoomName.Create("side"u8);
    private static readonly TimeSpan Grace = TimeSpan.FromSeconds(5);
    private static readonly PresenceConnection Ada = new("c1", "ada", 1);
    private static readonly PresenceConnection AdaToo = new("c2", "ada", 2);
    private static readonly PresenceConnection Grete = new("c3", "grete", 3);
    private static readonly PresenceConnection Nobody = new("c4", null, 4);
    private static readonly PresenceConnection NobodyElse = new("c5", null, 5);

    private protected RecordingPresenceSink Sink { get; } = new();

    [Fact]
    public async Task Join_AMemberIsAUserOrAnAnonymousConnection()
    {
        var store = await Create(Grace);

        Assert.Equal(1, await Join(store, Ada));
        Assert.Equal(1, await Join(store, AdaToo));
        Assert.Equal(2, await Join(store, Nobody));
        Assert.Equal(3, await Join(store, NobodyElse));
        Assert.Equal(4, await Join(store, Grete));

        await Told("joined ada c1 1", "joined - c4 2", "joined - c5 3", "joined grete c3 4");
        var members = await store.MembersAsync(Tea);
        Assert.Equal(["ada", "grete", null, null], members.Select(member => member.User));
        Assert.Equal([null, null, "c4", "c5"], members.Select(member => member.Connection));
        Assert.Equal(["c1", "c2"], members[0].Connections.Order());
        Assert.All(members, member => Assert.Null(member.State));
    }

    [Fact]
    public async Task Join_EachConnectionArrivesOnce()
    {
        var store = await Create(Grace);
        await Join(store, Ada);
        await Join(store, AdaToo);
        await Join(store, AdaToo);
        await Join(store, Ada);
        await Quiet(() => Sink.Changes(Tea).Count >= 2);

        Assert.Equal(
            [(PresenceChangeKind.Joined, "c1"), (PresenceChangeKind.Arrived, "c2")],
            Sink.Changes(Tea).Select(change => (change.Kind, change.Who.Connection)));
    }

    [Fact]
    public async Task Members_SinceIsTheFirstJoinAndStaysWithAReturn()
    {
        var store = await Create(Grace);
        var start = await Now();
        await Join(store, Ada);
        var joined = await Now();
        await Pass(TimeSpan.FromSeconds(30));
        await Join(store, AdaToo);
        await store.LeaveAsync(Tea, Ada, lost: false);
        await store.LeaveAsync(Tea, AdaToo, lost: true);
        await Join(store, Ada with { Ticket = 9 });

        Assert.InRange(Assert.Single(await store.MembersAsync(Tea)).Since.ToUnixTimeMilliseconds(), start, joined);
    }

    [Fact]
    public async Task Leave_TheLastConnection_IsToldAtOnce()
    {
        var store = await Create(Grace);
        await Join(store, Ada);
        await Join(store, AdaToo);
        await Join(store, Nobody);
        await store.LeaveAsync(Tea, Ada, lost: false);
        await Told("joined ada c1 1", "joined - c4 2");

        await store.LeaveAsync(Tea, AdaToo, lost: false);
        await store.LeaveAsync(Tea, Nobody, lost: false);
        await Told("left ada c2 1", "left - c4 0");
        Assert.Empty(await store.MembersAsync(Tea));
    }

    [Fact]
    public async Task Leave_WhoIsNotThere_ChangesNothing()
    {
        var store = await Create(Grace);
        await store.LeaveAsync(Tea, Ada, lost: false);
        await Join(store, Grete);
        await store.LeaveAsync(Tea, Ada, lost: true);
        await store.LeaveAsync(Tea, Grete, lost: false);
        await store.LeaveAsync(Tea, Grete, lost: false);
        await store.LeaveAsync(Tea, Grete, lost: true);
        await Pass(Grace * 2);

        await Told("joined grete c3 1", "left grete c3 0");
    }

    [Fact]
    public async Task Leave_OvertakenByJoiningAgain_TakesNothingAway()
    {
        var store = await Create(Grace);
        await Join(store, Ada);
        await Join(store, Ada with { Ticket = 7 });
        await store.LeaveAsync(Tea, Ada, lost: false);

        Assert.Single(await store.MembersAsync(Tea));
        await Told("joined ada c1 1");
        await store.LeaveAsync(Tea, Ada with { Ticket = 7 }, lost: false);
        await Told("left ada c1 0");
    }

    [Fact]
    public async Task Lost_ListedThroughTheGraceThenLeft()
    {
        var store = await Create(Grace);
        await Join(store, Grete);
        await Join(store, Ada);
        await Join(store, Nobody);
        await store.LeaveAsync(Tea, Ada, lost: true);
        await store.LeaveAsync(Tea, Nobody, lost: true);
        await Pass(Grace - TimeSpan.FromSeconds(0.5));

        await Told("joined grete c3 1", "joined ada c1 2", "joined - c4 3");
        var members = await store.MembersAsync(Tea);
        Assert.Equal([("ada", 0), ("grete", 1), (null, 0)], members.Select(member => (member.User, member.Connections.Count)));
        Assert.Equal("c4", members[2].Connection);

        await Pass(TimeSpan.FromSeconds(2));
        await Told("left ada c1 2", "left - c4 1");
    }

    [Fact]
    public async Task Lost_BackInTime_NothingIsTold()
    {
        var store = await Create(Grace);
        await Join(store, Ada, "1");
        await store.LeaveAsync(Tea, Ada, lost: true);
        await Pass(Grace - TimeSpan.FromSeconds(1));
        Assert.Equal(1, await Join(store, AdaToo));
        await Pass(Grace * 3);

        await Told("joined ada c1 1 1");
        var member = Assert.Single(await store.MembersAsync(Tea));
        Assert.Equal(["c2"], member.Connections);
        Assert.Equal("1", member.State.ToString());
    }

    [Fact]
    public async Task Lost_BackWithAnotherState_IsUpdated()
    {
        var store = await Create(Grace);
        await Join(store, Ada, "1");
        await store.LeaveAsync(Tea, Ada, lost: true);
        await Join(store, AdaToo, "2");

        await Told("joined ada c1 1 1", "updated ada c2 2 1");
    }

    [Fact]
    public async Task Lost_Again_TheGraceBeginsAnew()
    {
        var store = await Create(Grace);
        await Join(store, Ada);
        await store.LeaveAsync(Tea, Ada, lost: true);
        await Pass(TimeSpan.FromSeconds(3));
        await Join(store, AdaToo);
        await store.LeaveAsync(Tea, AdaToo, lost: true);
        await Pass(TimeSpan.FromSeconds(3.5)); // the first would be over

        await Told("joined ada c1 1");
        await Pass(TimeSpan.FromSeconds(3));
        await Told("left ada c2 0");
    }

    [Fact]
    public async Task Lost_WhileAnotherConnectionIsThere_IsNoLoss()
    {
        var store = await Create(Grace);
        await Join(store, Ada);
        await Join(store, AdaToo);
        await store.LeaveAsync(Tea, Ada, lost: true);
        await Pass(Grace * 2);
        await Told("joined ada c1 1");

        await store.LeaveAsync(Tea, AdaToo, lost: false);
        await Told("left ada c2 0");
    }

    [Fact]
    public async Task Lost_BackAndLeft_IsToldAtOnceAndOnce()
    {
        var store = await Create(Grace);
        await Join(store, Ada);
        await store.LeaveAsync(Tea, Ada, lost: true);
        await Join(store, AdaToo);
        await store.LeaveAsync(Tea, AdaToo, lost: false);
        await Told("joined ada c1 1", "left ada c2 0");

        await Pass(Grace * 2);
        await Told();
    }

    [Fact]
    public async Task Lost_LeftAndJoinedAnew_TheOldGraceDoesNotEndTheNewMember()
    {
        var store = await Create(Grace);
        await Join(store, Ada);
        await store.LeaveAsync(Tea, Ada, lost: true);
        await Join(store, AdaToo);
        await store.LeaveAsync(Tea, AdaToo, lost: false);
        await Pass(TimeSpan.FromSeconds(3));
        await Join(store, Ada with { Ticket = 8 });
        await store.LeaveAsync(Tea, Ada with { Ticket = 8 }, lost: true);
        await Pass(TimeSpan.FromSeconds(3));

        await Told("joined ada c1 1", "left ada c2 0", "joined ada c1 1");
    }

    [Fact]
    public async Task NoGrace_LostIsLeftAtOnce()
    {
        var store = await Create(TimeSpan.Zero);
        await Join(store, Ada);
        await store.LeaveAsync(Tea, Ada, lost: true);

        await Told("joined ada c1 1", "left ada c1 0");
    }

    [Fact]
    public async Task State_TheLatestOfAnyConnectionIsShown()
    {
        var store = await Create(Grace);
        await Join(store, Ada, """{"mood":"good"}""");
        await Join(store, Grete);
        await Join(store, AdaToo); // gives none: what there was stays
        Assert.True(await store.UpdateAsync(Tea, AdaToo, "2"u8.ToArray()));
        Assert.True(await store.UpdateAsync(Tea, Ada, "2"u8.ToArray())); // no change
        Assert.True(await store.UpdateAsync(Tea, Ada, "null"u8.ToArray()));
        Assert.True(await store.UpdateAsync(Tea, Grete, "[]"u8.ToArray()));
        await Join(store, Ada, "3"); // joining again may give one

        await Told(
            """joined ada c1 {"mood":"good"} 1""", "joined grete c3 2", "updated ada c2 2 2", "updated ada c1 null 2", "updated grete c3 [] 2", "updated ada c1 3 2");
        Assert.Equal(["3", "[]"], (await store.MembersAsync(Tea)).Select(member => member.State.ToString()));
    }

    [Fact]
    public async Task State_OfWhoIsNotThere_IsRefused()
    {
        var store = await Create(Grace);
        Assert.False(await store.UpdateAsync(Tea, Ada, "1"u8.ToArray()));
        await Join(store, Ada);
        Assert.False(await store.UpdateAsync(Tea, AdaToo, "1"u8.ToArray()));
        Assert.False(await store.UpdateAsync(Side, Ada, "1"u8.ToArray()));
        await store.LeaveAsync(Tea, Ada, lost: true);
        Assert.False(await store.UpdateAsync(Tea, Ada, "1"u8.ToArray()));

        await Told("joined ada c1 1");
    }

    [Fact]
    public async Task State_IsCopied()
    {
        var store = await Create(Grace);
        var (first, second) = ("1"u8.ToArray(), "2"u8.ToArray());
        await store.JoinAsync(Tea, Ada, first);
        first[0] = (byte)'x';
        Assert.Equal("1", (await store.MembersAsync(Tea))[0].State.ToString());
        await store.UpdateAsync(Tea, Ada, second);
        second[0] = (byte)'x';

        Assert.Equal("2", (await store.MembersAsync(Tea))[0].State.ToString());
    }

    [Fact]
    public async Task Rooms_DoNotKnowOfEachOther()
    {
        var store = await Create(Grace);
        await Join(store, Ada, "1");
        await store.JoinAsync(Side, Ada with { Ticket = 6 }, "2"u8.ToArray());
        await store.LeaveAsync(Tea, Ada, lost: false);

        Assert.Empty(await store.MembersAsync(Tea));
        Assert.Equal("2", Assert.Single(await store.MembersAsync(Side)).State.ToString());
        await Told("joined ada c1 1 1", "left ada c1 0");
        await Quiet(() => Sink.Lines(Side).Length >= 1);
        Assert.Equal(["joined ada c1 2 1"], Sink.Take(Side));
    }

    [Fact]
    public async Task Online_ThoseWhoAreConnectedInTheOrderAskedEachOnce()
    {
        var store = await Create(Grace);
        await Connect("ada");
        await Connect("zoë");

        Assert.Equal(["zoë", "ada"], await store.OnlineAsync(["zoë", "bob", "ada", "zoë", "ada"]));
        Assert.Empty(await store.OnlineAsync(["bob"]));
    }

    [Fact]
    public async Task ManyThreads_OneRoom_TheChangesMakeSenseInTheirOrder()
    {
        const int Threads = 6;
        const int Rounds = 400;
        var store = await Create(Grace);
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                var who = new PresenceConnection($"c{thread}", thread % 3 == 0 ? null : $"u{thread / 2}", (thread * Rounds) + i);
                await store.JoinAsync(Tea, who, Encoding.UTF8.GetBytes($"{i}"));
                await store.UpdateAsync(Tea, who, Encoding.UTF8.GetBytes($"\"{i}\""));
                await store.LeaveAsync(Tea, who, lost: i % 7 == 0 && i < Rounds - 1);
            }
        }))).WithTimeout();
        await Pass(Grace * 2);
        Assert.Empty(await store.MembersAsync(Tea));

        await Quiet(() => Sink.Changes(Tea) is [.., { Count: 0 }]);

        var present = new HashSet<string>();
        foreach (var change in Sink.Changes(Tea))
        {
            var key = change.Who.User ?? change.Who.Connection;
            Assert.True(change.Kind switch
            {
                PresenceChangeKind.Joined => present.Add(key),
                PresenceChangeKind.Left => present.Remove(key),
                _ => present.Contains(key),
            }, $"{change} while {string.Join(' ', present)} are there");
            Assert.Equal(present.Count, change.Count);
        }

        Assert.Empty(present);
        Assert.Equal(0, Sink.Overlaps);
    }

    /// <summary>An empty store that tells <see cref="Sink"/>.</summary>
    private protected abstract ValueTask<IPresenceStore> Create(TimeSpan grace);

    /// <summary>For the store so much time passes, and it does what is due then.</summary>
    private protected abstract Task Pass(TimeSpan time);

    /// <summary>A user gets a connection.</summary>
    private protected abstract Task Connect(string user);

    /// <summary>What the store's clock says, Unix milliseconds.</summary>
    private protected abstract ValueTask<long> Now();

    /// <summary>Waits until everything is told that is to be; at once where the store tells during the calls.</summary>
    /// <param name="done">What is expected has come.</param>
    private protected virtual Task Quiet(Func<bool> done) => Task.CompletedTask;

    /// <summary>What has been told of <see cref="Tea"/> since the last time, once everything is.</summary>
    private protected async Task Told(params string[] lines)
    {
        await Quiet(() => Sink.Lines(Tea).Length >= lines.Length);
        Assert.Equal(lines, Sink.Take(Tea));
    }

    private protected static ValueTask<int> Join(IPresenceStore store, PresenceConnection who, string state = "") =>
        store.JoinAsync(Tea, who, Encoding.UTF8.GetBytes(state));
}
