using WsCore.Presence;
using WsCore.Rooms;
using WsCore.TestKit.Presence;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Presence;

public sealed class MemoryPresenceStoreTests : PresenceStoreSpecification
{
    private readonly ManualTimeProvider _clock = new();
    private readonly HashSet<string> _connected = [];
    private MemoryPresenceStore? _store;

    [Fact]
    public async Task ListOfMembers_IsMadeOnceBetweenTwoChanges()
    {
        var store = await Create(TimeSpan.FromSeconds(5));
        await Join(store, new PresenceConnection("c1", "ada", 1));
        var first = await store.MembersAsync(Tea);
        Assert.Same(first, await store.MembersAsync(Tea));

        await Join(store, new PresenceConnection("c2", "ada", 2)); // told to nobody, but there is another connection
        Assert.NotSame(first, await store.MembersAsync(Tea));
    }

    [Fact]
    public async Task AllGone_NothingIsLeft()
    {
        var store = (MemoryPresenceStore)await Create(TimeSpan.FromSeconds(5));
        for (var i = 0; i < 1000; i++)
        {
            var (room, who) = (RoomName.Create("room"u8), new PresenceConnection($"c{i}", i % 2 == 0 ? null : $"u{i % 7}", i));
            await store.JoinAsync(i % 3 == 0 ? Tea : room, who, default);
            await store.LeaveAsync(i % 3 == 0 ? Tea : room, who, lost: i % 5 == 0);
        }

        Assert.True(store is { Members: > 0, Rooms: 2, Lost: > 0 });
        await Pass(TimeSpan.FromSeconds(7));
        Assert.Equal((0, 0, 0), (store.Members, store.Rooms, store.Lost));
    }

    [Fact]
    public async Task ManyThreads_ARoomThatComesAndGoes_LosesNobodyAndKeepsNothing()
    {
        const int Threads = 6;
        const int Rounds = 2000;
        var store = (MemoryPresenceStore)await Create(TimeSpan.Zero);
        var missing = 0;
        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            for (var i = 0; i < Rounds; i++)
            {
                var who = new PresenceConnection($"c{thread}", null, (thread * Rounds) + i);
                await store.JoinAsync(Tea, who, default);
                if (!(await store.MembersAsync(Tea)).Any(member => member.Connection == who.Connection))
                {
                    Interlocked.Increment(ref missing);
                }

                await store.LeaveAsync(Tea, who, lost: false);
            }
        }))).WithTimeout();

        Assert.Equal(0, missing);
        Assert.Equal((0, 0), (store.Members, store.Rooms));
        Assert.Equal(0, Sink.Overlaps);
        Assert.Equal(Threads * Rounds, Sink.Changes(Tea).Count(change => change.Kind == PresenceChangeKind.Joined));
        Assert.Equal(Threads * Rounds, Sink.Changes(Tea).Count(change => change.Kind == PresenceChangeKind.Left));
    }

    [Fact]
    public async Task ASinkThatMakesAChange_HearsOfItAfterwards()
    {
        var store = await Create(TimeSpan.Zero);
        Sink.Then = (room, change) =>
        {
            if (change is { Kind: PresenceChangeKind.Joined, Who.Connection: "c2" })
            {
                store.LeaveAsync(room, new PresenceConnection("c1", "ada", 1), lost: true).AsTask().Wait();
            }
        };
        await Join(store, new PresenceConnection("c1", "ada", 1));
        await Join(store, new PresenceConnection("c2", null, 2));

        await Told("joined ada c1 1", "joined - c2 2", "left ada c1 1");
    }

    [Fact]
    public async Task ASinkThatFails_IsAskedAgain()
    {
        var store = await Create(TimeSpan.Zero);
        Sink.Then = (_, _) => throw new InvalidOperationException("once");
        await Assert.ThrowsAsync<InvalidOperationException>(() => Join(store, new PresenceConnection("c1", "ada", 1)).AsTask());
        Sink.Then = null;
        await store.LeaveAsync(Tea, new PresenceConnection("c1", "ada", 1), lost: false);

        await Told("joined ada c1 1", "left ada c1 0");
        Assert.Equal(0, ((MemoryPresenceStore)store).Rooms);
    }

    private protected override ValueTask<IPresenceStore> Create(TimeSpan grace) =>
        new(_store = new MemoryPresenceStore(Sink, new PresenceOptions { Grace = grace }, _clock, _connected.Contains));

    private protected override Task Pass(TimeSpan time)
    {
        _clock.Advance(time);
        _store!.Tick();
        return Task.CompletedTask;
    }

    private protected override Task Connect(string user)
    {
        _connected.Add(user);
        return Task.CompletedTask;
    }

    private protected override ValueTask<long> Now() => new(_clock.GetUtcNow().ToUnixTimeMilliseconds());
}
