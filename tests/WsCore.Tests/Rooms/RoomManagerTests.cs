using System.Runtime.CompilerServices;
using System.Text;
using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Namespaces;
using WsCore.Rooms;
using WsCore.TestKit.Delivery;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Randomness;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Rooms;

/// <summary>Rooms come with their first member and go with their last.</summary>
public sealed class RoomManagerTests
{
    [Fact]
    public void EmptyRooms_CostNothing()
    {
        using var node = new TestNode();
        var connection = node.Connect().Connection;
        for (var i = 0; i < 1000; i++)
        {
            Assert.Null(node.Rooms.Find(Encoding.UTF8.GetBytes($"room{i}")));
            _ = node.Rooms.RulesFor(Encoding.UTF8.GetBytes($"room{i}"));
            node.Join(connection, $"room{i}");
        }

        Assert.Equal(1000, node.Rooms.Count);
        Assert.Equal(1000, node.Rooms.All().Count());
        connection.Rooms.LeaveAll();

        Assert.Equal(0, node.Rooms.Count);
        Assert.Empty(node.Rooms.All());
    }

    [Fact]
    public void Join_MaxMembers_IsFullUntilOneLeaves()
    {
        using var node = new TestNode(options => options.Namespaces["small"] = new NamespaceOptions { MaxMembers = 2 });
        Connection[] connections = [.. Enumerable.Range(0, 3).Select(_ => node.Connect().Connection)];

        Assert.Equal(JoinOutcome.Joined, node.Join(connections[0], "small:a"));
        Assert.Equal(JoinOutcome.Joined, node.Join(connections[1], "small:a"));
        Assert.Equal(JoinOutcome.Full, node.Join(connections[2], "small:a"));
        Assert.Equal(JoinOutcome.AlreadyMember, node.Join(connections[1], "small:a"));
        Assert.Equal(JoinOutcome.Joined, node.Join(connections[2], "small:b"));

        connections[0].Rooms.LeaveAll();
        Assert.Equal(JoinOutcome.Joined, node.Join(connections[2], "small:a"));
        Assert.Equal(2, node.Rooms.Find("small:a"u8)!.Connections);
    }

    [Fact]
    public void All_OfANamespace_LeavesOthersOut()
    {
        using var node = new TestNode();
        var connection = node.Connect().Connection;
        foreach (var room in new[] { "a", "chat:1", "chat:2", "chatter:1" })
        {
            node.Join(connection, room);
        }

        Assert.Equal(["chat:1", "chat:2"], node.Rooms.All("chat").Select(room => room.Name.Text).Order());
        Assert.Equal(["a"], node.Rooms.All("default").Select(room => room.Name.Text));
    }

    [Fact]
    public async Task ManyThreadsJoiningAndLeavingOneName_NeverLoseAMember()
    {
        const int Threads = 8;
        const int Rounds = 4000;
        var pool = new PoolScheduler(NullLogger<PoolScheduler>.Instance);
        using var node = new TestNode(lanes: 3, scheduler: pool);
        var outputs = new CountingOutput[Threads];
        var lost = 0;

        await Task.WhenAll(Enumerable.Range(0, Threads).Select(thread => Task.Factory.StartNew(
            () =>
            {
                var random = new Random(TestSeed.Value + thread);
                var connection = node.Make(outputs[thread] = new CountingOutput());
                for (var i = 0; i < Rounds; i++)
                {
                    if (node.Join(connection, "a") != JoinOutcome.Joined || node.Rooms.Find("a"u8) is not { } room
                        || connection.Rooms.Find(room) is not { } membership || !room.Snapshot().Contains(membership))
                    {
                        Interlocked.Increment(ref lost);
                        return;
                    }

                    room.Publish(TestFrames.Text("x"), except: null, reply: null);
                    if (random.Next(4) == 0)
                    {
                        Thread.Yield();
                    }

                    if (!membership.Leave())
                    {
                        Interlocked.Increment(ref lost);
                    }
                }
            },
            CancellationToken.None, TaskCreationOptions.LongRunning, TaskScheduler.Default))).WithTimeout();

        Assert.Equal(0, lost);
        Assert.Equal(0, node.Rooms.Count);
        Assert.Empty(node.Rooms.All());
        await Eventually.Is(() => node.Node.Lanes.All.ToArray().All(lane => lane.Waiting == 0));
        await Eventually.Is(() => outputs.All(output => output.Bytes >= Rounds * 3)); // each got at least its own
    }

    [Fact]
    public async Task RoomOf10000_EmptiesWithoutALeak()
    {
        using var node = new TestNode(lanes: 2);
        var (room, connections) = await FillAndEmpty(node);

        await Eventually.Is(() =>
        {
            GC.Collect();
            GC.WaitForPendingFinalizers();
            GC.Collect();
            return !room.IsAlive && connections.All(connection => !connection.IsAlive);
        });
        Assert.Equal(0, node.Rooms.Count);
        Assert.Equal(0, node.Node.Connections.Count);
        GC.KeepAlive(node);
    }

    [MethodImpl(MethodImplOptions.NoInlining)]
    private static async Task<(WeakReference Room, WeakReference[] Connections)> FillAndEmpty(TestNode node)
    {
        Connection[] connections = [.. Enumerable.Range(0, 10_000).Select(i => node.Make(new CountingOutput(), i % 3 == 0 ? null : $"u{i / 2}"))];
        foreach (var connection in connections)
        {
            node.Join(connection, "a");
        }

        var room = node.Rooms.Find("a"u8)!;
        Assert.Equal(10_000, room.Connections);
        room.Publish(TestFrames.Text("x"), except: null, reply: null);
        Assert.All(connections, connection => Assert.Equal(0, connection.Outbox.Bytes));
        foreach (var connection in connections)
        {
            await connection.EndAsync().WithTimeout();
            node.Node.Connections.Remove(connection);
        }

        return (new WeakReference(room), [.. connections.Select(connection => new WeakReference(connection))]);
    }
}
