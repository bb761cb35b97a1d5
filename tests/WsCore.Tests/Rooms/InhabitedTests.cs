using System.Collections.Concurrent;
using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Delivery;
using WsCore.Rooms;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.Tests.Rooms;

/// <summary>Whoever counts users by node is told of the first connection and of the last.</summary>
public sealed class InhabitedTests
{
    private readonly ConcurrentQueue<string> _told = new();

    [Fact]
    public void AUser_IsToldWithTheFirstConnectionAndTheLast()
    {
        using var node = Create();
        var (one, two) = (node.Connect("ada").Connection, node.Connect("ada").Connection);
        node.Join(one, "user:ada");
        node.Join(two, "user:ada");
        node.Join(one, "user:ada");
        node.Join(one, "tea");
        Assert.Equal(["ada True"], _told);

        one.Close(1000, "");
        two.Rooms.Find(node.Rooms.Find("user:ada"u8)!)!.Leave();
        Assert.Equal(["ada True", "ada False"], _told);

        node.Join(two, "user:ada");
        Assert.Equal("ada True", _told.Last());
    }

    [Fact]
    public void AConnectionThatIsOver_TellsNothing()
    {
        using var node = Create();
        var connection = node.Connect("ada").Connection;
        connection.Close(1000, "");

        Assert.Equal(JoinOutcome.ConnectionOver, node.Join(connection, "user:ada"));
        Assert.Empty(_told);
    }

    [Fact]
    public async Task ConnectionsOnManyThreads_EachComingHasItsGoing()
    {
        using var node = Create(new PoolScheduler(NullLogger<PoolScheduler>.Instance));
        await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => Task.Run(() =>
        {
            for (var i = 0; i < 2000; i++)
            {
                var connection = node.Connect("ada").Connection;
                node.Join(connection, "user:ada");
                connection.Close(1000, "");
            }
        }))).WithTimeout();

        Assert.Equal(_told.Count(line => line == "ada True"), _told.Count(line => line == "ada False"));
        Assert.Null(node.Rooms.Find("user:ada"u8));
    }

    private TestNode Create(LaneScheduler? scheduler = null)
    {
        var node = new TestNode(lanes: 2, scheduler: scheduler);
        node.Rooms.Connected = (user, here) => _told.Enqueue($"{user} {here}");
        return node;
    }
}
