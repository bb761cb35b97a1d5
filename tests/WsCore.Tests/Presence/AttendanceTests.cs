using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Namespaces;
using WsCore.Presence;
using WsCore.Rooms;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Randomness;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Presence;

/// <summary>Rooms and the presence store agree, whatever happens at the same time.</summary>
public sealed class AttendanceTests
{
    private static readonly RoomName Tea = RoomName.Create("tea"u8);

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task AMembershipThatEndsWhileItJoins_IsLeftInTheStoreAfterTheJoin(bool lost)
    {
        using var node = Create();
        var store = new HeldStore();
        var attendance = new Attendance(store);
        var membership = Enter(node, node.Connect("ada").Connection);
        var joining = attendance.JoinAsync(membership, default).AsTask();
        membership.Leave(lost: lost);
        attendance.Left(membership, lost); // the end's own leave, which comes too early
        store.Join.SetResult(1);
        await joining.WithTimeout();

        Assert.Equal([$"leave {lost}", "join", $"leave {lost}"], store.Calls);
    }

    [Fact]
    public async Task AMembershipThatStays_IsNotLeft()
    {
        using var node = Create();
        var store = new HeldStore();
        store.Join.SetResult(1);
        await new Attendance(store).JoinAsync(Enter(node, node.Connect("ada").Connection), default).AsTask().WithTimeout();

        Assert.Equal(["join"], store.Calls);
    }

    [Fact]
    public async Task WhoHasEnteredTheRoom_HearsNothingThatItsOwnCountKnows()
    {
        using var node = Create();
        var (ada, bob) = (node.Connect("ada"), node.Connect("bob"));
        await ada.Say("""{"type":"join","room":"tea"}""").WithTimeout();
        var membership = Enter(node, bob.Connection);
        await node.Connect("cid").Say("""{"type":"join","room":"tea"}""").WithTimeout();
        Assert.Single(ada.Texts);
        Assert.Equal(3, await node.Node.Attendance.JoinAsync(membership, default));
        Assert.Empty(bob.Texts);

        await node.Connect("dan").Say("""{"type":"join","room":"tea"}""").WithTimeout();
        Assert.Equal(["cid", "bob", "dan"], ada.Texts.Select(UserOf));
        Assert.Equal("dan", UserOf(Assert.Single(bob.Texts)));
    }

    [Fact]
    public async Task WhoWasRemoved_HearsNothingOfWhoComesAfterwards()
    {
        using var node = Create();
        var ada = node.Connect("ada");
        await ada.Say("""{"type":"join","room":"tea"}""").WithTimeout();
        await node.Connect("bob").Say("""{"type":"join","room":"tea"}""").WithTimeout();
        await node.Application.RemoveUserAsync("tea", "ada");
        await node.Connect("cid").Say("""{"type":"join","room":"tea"}""").WithTimeout();

        Assert.Equal(2, ada.Texts.Count);
        Assert.Contains("\"removed\"", ada.Last);
        Assert.Equal(2, node.Rooms.Find("tea"u8)!.Listeners);
    }

    [Fact]
    public async Task JoinsClosesAndRemovalsOnManyThreads_LeaveNoGhostAndLoseNobody()
    {
        const int Threads = 6;
        const int Rounds = 500;
        using var node = Create(TimeSpan.FromSeconds(5), new PoolScheduler(NullLogger<PoolScheduler>.Instance));
        var staying = new List<TestConnection>();
        var stop = false;
        var remover = Task.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                foreach (var membership in node.Rooms.Find("tea"u8)?.Snapshot() ?? [])
                {
                    await node.Application.RemoveAsync("tea", membership.Connection.Id);
                }

                Thread.Yield();
            }
        });
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            var random = new Random(TestSeed.Value + thread);
            for (var i = 0; i < Rounds; i++)
            {
                var client = node.Connect(random.Next(3) == 0 ? null : $"u{random.Next(4)}");
                var closing = random.Next(2) == 0 ? Task.Run(() => client.Connection.Close(1000, "")) : null;
                await client.Say("""{"type":"join","id":"1","room":"tea"}""");
                await client.Say("""{"type":"join","id":"2","room":"tea","state":1}""");
                if (closing is not null)
                {
                    await closing;
                }
                else if (i % 10 == 0)
                {
                    lock (staying)
                    {
                        staying.Add(client);
                    }
                }
                else
                {
                    client.Connection.Close(1000, "");
                }
            }
        }))).WithTimeout();
        Volatile.Write(ref stop, true);
        await remover.WithTimeout();
        foreach (var client in staying)
        {
            await client.Say("""{"type":"join","room":"tea"}""").WithTimeout(); // those who were removed come back
        }

        await Pass(node, TimeSpan.FromSeconds(10));
        var here = node.Rooms.Find("tea"u8)!.Snapshot().Select(membership => membership.Connection.Id).Order(StringComparer.Ordinal);
        var listed = (await node.Node.Presence.MembersAsync(Tea)).SelectMany(member => member.Connections).Order(StringComparer.Ordinal);
        Assert.Equal(here, listed);
        Assert.Equal(staying.Count, node.Rooms.Find("tea"u8)!.Listeners);

        foreach (var client in staying)
        {
            client.Connection.Close(1000, "");
        }

        await Pass(node, TimeSpan.FromSeconds(10));
        Assert.Equal((0, 0, 0), (((MemoryPresenceStore)node.Node.Presence).Members, ((MemoryPresenceStore)node.Node.Presence).Rooms, node.Rooms.Count));
    }

    [Fact]
    public async Task ManyJoinAtOnce_TheLastCountThatEachIsToldIsRight()
    {
        const int Clients = 24;
        for (var round = 0; round < 30; round++)
        {
            using var node = Create(scheduler: new PoolScheduler(NullLogger<PoolScheduler>.Instance));
            TestConnection[] clients = [.. Enumerable.Range(0, Clients).Select(i => node.Connect(i % 4 == 0 ? null : $"u{i / 2}"))];
            var members = clients.Select(client => client.Connection.User ?? client.Connection.Id).Distinct().Count();
            await Task.WhenAll(clients.Select(client => Task.Run(() => client.Say("""{"type":"join","id":"1","room":"tea"}""").AsTask()))).WithTimeout();
            await Eventually.Is(() => node.Rooms.Find("tea"u8)!.Listeners == Clients && node.Node.Lanes.All.ToArray().All(lane => lane.Waiting == 0));

            foreach (var client in clients)
            {
                await Eventually.Is(() => client.Texts is [.., var last] && CountOf(last) == members, $"{client.Connection.Id} knows that there are {members}");
                Assert.Contains("\"ack\"", client.Texts[0]);
            }
        }
    }

    private static TestNode Create(TimeSpan grace = default, LaneScheduler? scheduler = null) => new(
        options =>
        {
            options.Presence.Grace = grace;
            options.Namespaces["default"] = new NamespaceOptions { Presence = true };
        },
        lanes: 2,
        scheduler: scheduler);

    private static Membership Enter(TestNode node, Connection connection)
    {
        node.Join(connection, "tea");
        return connection.Rooms.Find(node.Rooms.Find("tea"u8)!)!;
    }

    private static Task Pass(TestNode node, TimeSpan time)
    {
        node.Clock.Advance(time);
        ((MemoryPresenceStore)node.Node.Presence).Tick();
        return Task.CompletedTask;
    }

    private static string? UserOf(string json) => JsonElement.Parse(json).GetProperty("user").GetString();

    private static int CountOf(string json) => JsonElement.Parse(json).GetProperty("count").GetInt32();

    /// <summary>A store whose joins take until the test lets them end.</summary>
    private sealed class HeldStore : IPresenceStore
    {
        public TaskCompletionSource<int> Join { get; } = new();

        public List<string> Calls { get; } = [];

        public long Members => 0;

        public async ValueTask<int> JoinAsync(RoomName room, PresenceConnection who, ReadOnlyMemory<byte> state)
        {
            var count = await Join.Task;
            Calls.Add("join");
            return count;
        }

        public ValueTask LeaveAsync(RoomName room, PresenceConnection who, bool lost)
        {
            Calls.Add($"leave {lost}");
            return default;
        }

        public ValueTask<bool> UpdateAsync(RoomName room, PresenceConnection who, ReadOnlyMemory<byte> state) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<Member>> MembersAsync(RoomName room) => throw new NotSupportedException();

        public void Connected(string user, bool here) => throw new NotSupportedException();

        public ValueTask<IReadOnlyList<string>> OnlineAsync(IEnumerable<string> users) => throw new NotSupportedException();
    }
}
