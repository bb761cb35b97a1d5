using WsCore.Backplane;
using WsCore.History;
using WsCore.Rooms;
using WsCore.TestKit.History;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.History;

/// <summary>Connections to Redis that break while messages are on their way.</summary>
public sealed class BrokenChannelTests
{
    private static readonly HistoryRules Rules = new(Size: 100_000, TimeSpan.FromMinutes(10), MaxBytes: 1 << 24);
    private static readonly RoomName Room = RoomName.Create("chat:1"u8);

    [RedisFact]
    public async Task Connections_that_are_killed_again_and_again_cost_no_message_and_no_order()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await HistoryNode.StartAsync(redis.ConnectionString, "wscore");
        await using var two = await HistoryNode.StartAsync(redis.ConnectionString, "wscore", "n2");
        var sinks = new[] { new RecordingSink(), new RecordingSink() };
        await one.Store.AttachAsync(Room, Rules, sinks[0]).WithTimeout();
        await two.Store.AttachAsync(Room, Rules, sinks[1]).WithTimeout();
        var acknowledged = new List<long>();
        var stop = false;
        var publishing = Task.Run(async () =>
        {
            while (!Volatile.Read(ref stop))
            {
                try
                {
                    acknowledged.Add((await one.Store.AppendAsync(Room, Rules, new TestDraft())).Seq);
                }
                catch (UnavailableException)
                {
                    await Eventually.Is(() => one.Link.IsUp, "it is there again");
                }
            }
        });

        for (var i = 0; i < 5; i++)
        {
            var before = sinks[1].Numbers.Length;
            await redis.CommandAsync("CLIENT", "KILL", "TYPE", i % 2 == 0 ? "pubsub" : "normal");
            await Eventually.Is(() => sinks[1].Numbers.Length > before + 100, "it goes on");
        }

        Volatile.Write(ref stop, true);
        await publishing.WithTimeout();
        var page = await one.Store.ReadAsync(Room, Rules, null, int.MaxValue, int.MaxValue).WithTimeout();
        foreach (var sink in sinks)
        {
            await Eventually.Is(
                () =>
                {
                    two.Store.Tick();
                    return sink.Numbers.Length == page.Last;
                },
                "all have come");
            Assert.Equal(Enumerable.Range(1, (int)page.Last).Select(n => (long)n), sink.Numbers);
            Assert.Equal(0, sink.TimesOvertaken);
        }

        Assert.True(acknowledged.SequenceEqual(acknowledged.Order().Distinct()));
        Assert.InRange(acknowledged.Count, 1, page.Last);
    }
}
