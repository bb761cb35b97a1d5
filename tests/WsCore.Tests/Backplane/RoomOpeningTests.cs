using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Backplane;
using WsCore.Delivery;
using WsCore.History;
using WsCore.Namespaces;
using WsCore.TestKit.Backplane;
using WsCore.TestKit.History;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Randomness;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Backplane;

/// <summary>A room is opened at the backplane before its first member enters, and closed after the last has left, once each.</summary>
public sealed class RoomOpeningTests
{
    private readonly TestBackplane _backplane = new();

    [Theory]
    [InlineData("plain")]
    [InlineData("kept:a")]
    public async Task Join_OpensOnce_AndTheLastLeaveCloses(string room)
    {
        using var node = Create();
        var (first, second) = (node.Connect(), node.Connect());
        foreach (var client in new[] { first, second, first })
        {
            await Join(client, room);
        }

        Assert.Equal((1, 1), (_backplane.Opened, _backplane.OpenCount(room)));
        await Leave(first, room);
        Assert.Equal(1, _backplane.OpenCount(room));
        await Leave(second, room);
        Assert.Empty(_backplane.Unbalanced);

        await Join(first, room);
        Assert.Equal((2, 1), (_backplane.Opened, _backplane.OpenCount(room)));
        first.Connection.Close(1000, "");
        Assert.Empty(_backplane.Unbalanced);
    }

    [Fact]
    public async Task Join_WaitsForTheBackplane_AndForTheHistoryAfterIt()
    {
        var opened = new TaskCompletionSource();
        var isAttached = false;
        using var node = Create(history => history.BeforeAttach = _ =>
        {
            isAttached = true;
            return Task.CompletedTask;
        });
        _backplane.BeforeOpen = _ => opened.Task;
        var (first, second) = (node.Connect(), node.Connect());
        Task[] joins = [Join(first, "kept:a"), Join(second, "kept:a")];
        Assert.All(joins, join => Assert.False(join.IsCompleted));
        Assert.Empty(node.Application.Members("kept:a"));
        Assert.False(isAttached);
        opened.SetResult();
        await Task.WhenAll(joins).WithTimeout();

        Assert.True(isAttached);
        Assert.Equal((1, 2), (_backplane.Opened, node.Application.Members("kept:a").Count));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Join_WhatCannotBeOpened_IsUnavailableAndClosed_AndTheNextTriesAgain(bool atTheHistory)
    {
        using var node = Create(history => history.BeforeAttach = _ =>
            atTheHistory ? Task.FromException(new UnavailableException("Away.") { RetryAfter = TimeSpan.FromMilliseconds(1500) }) : Task.CompletedTask);
        _backplane.BeforeOpen = _ =>
            atTheHistory ? Task.CompletedTask : Task.FromException(new UnavailableException("Away.") { RetryAfter = TimeSpan.FromMilliseconds(1500) });
        var client = node.Connect();
        await client.Say("""{"type":"join","id":"1","room":"kept:a"}""").WithTimeout();
        await client.Say("""{"type":"join","id":"2","room":"kept:a"}""").WithTimeout();

        Assert.Equal(
            Enumerable.Range(1, 2).Select(id => $$"""{"type":"error","id":"{{id}}","code":"unavailable","message":"Away.","retryAfter":1500}"""),
            client.Texts);
        Assert.Equal(2, _backplane.Opened);
        Assert.Empty(_backplane.Unbalanced);
        Assert.Equal(0, node.Rooms.Count);
    }

    [Fact]
    public async Task Join_OfAConnectionThatIsOver_ClosesWhatItOpened()
    {
        using var node = Create();
        var opened = new TaskCompletionSource();
        _backplane.BeforeOpen = _ => opened.Task;
        var client = node.Connect();
        var joining = Join(client, "plain");
        client.Connection.Close(1000, "");
        opened.SetResult();
        await joining;

        Assert.Equal(1, _backplane.Opened);
        Assert.Empty(_backplane.Unbalanced);
    }

    [Fact]
    public async Task JoinsLeavesClosesAndFailuresOnManyThreads_AreBalanced()
    {
        const int Threads = 6;
        const int Rounds = 400;
        using var node = Create(scheduler: new PoolScheduler(NullLogger<PoolScheduler>.Instance));
        var opens = 0;
        _backplane.BeforeOpen = async room =>
        {
            await Task.Yield();
            if (Interlocked.Increment(ref opens) % 5 == 0)
            {
                throw new UnavailableException("Away.");
            }

            Assert.Empty(node.Rooms.Find(room)?.Members() ?? []); // nobody enters before
        };
        var staying = await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Run(async () =>
        {
            var random = new Random(TestSeed.Value + thread);
            for (var i = 0; i < Rounds; i++)
            {
                var client = node.Connect();
                var room = random.Next(2) == 0 ? $"plain{random.Next(2)}" : $"kept:{random.Next(2)}";
                var closing = random.Next(2) == 0 ? Task.Run(() => client.Connection.Close(1000, "")) : Task.CompletedTask;
                await client.Say($$"""{"type":"join","room":"{{room}}"}""");
                if (random.Next(2) == 0)
                {
                    await client.Say($$"""{"type":"leave","room":"{{room}}"}""");
                }

                await closing;
                client.Connection.Close(1000, "");
            }

            var last = node.Connect();
            while (last.Connection.Rooms.Count == 0)
            {
                await last.Say("""{"type":"join","room":"plain0"}""");
            }

            return last;
        }))).WithTimeout();
        await Eventually.Is(() => _backplane.Unbalanced is ["plain0"]);

        Assert.Equal((1, 1), (_backplane.OpenCount("plain0"), node.Rooms.Count));
        Assert.All(staying, client => client.Connection.Close(1000, ""));
        await Eventually.Is(() => _backplane.Unbalanced.Count == 0);
        Assert.Equal(0, node.Rooms.Count);
    }

    [Fact]
    public void OpenAsync_OfANodeThatIsAlone_CompletesAtOnceAndAllocatesNothing()
    {
        using var node = new TestNode();
        node.Join(node.Connect().Connection, "plain");
        var room = node.Rooms.Find("plain"u8)!;
        Assert.True(room.OpenAsync().IsCompletedSuccessfully);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < 1000; i++)
        {
            _ = room.OpenAsync();
        }

        Assert.Equal(before, GC.GetAllocatedBytesForCurrentThread());
    }

    private TestNode Create(Action<ScriptedHistoryStore>? script = null, LaneScheduler? scheduler = null) => new(
        options => options.Namespaces["kept"] = new NamespaceOptions { History = { Size = 10 } },
        builder =>
        {
            builder.Services.Replace(ServiceDescriptor.Singleton<IBackplane>(_backplane));
            builder.Services.Replace(ServiceDescriptor.Singleton<IHistoryStore>(services =>
            {
                var store = new ScriptedHistoryStore(new MemoryHistoryStore(new HistoryOptions(), services.GetRequiredService<TimeProvider>()));
                script?.Invoke(store);
                return store;
            }));
        },
        scheduler: scheduler);

    private static Task Join(TestConnection client, string room) => client.Say($$"""{"type":"join","room":"{{room}}"}""").WithTimeout();

    private static Task Leave(TestConnection client, string room) => client.Say($$"""{"type":"leave","room":"{{room}}"}""").WithTimeout();
}
