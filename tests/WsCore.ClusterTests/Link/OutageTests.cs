using WsCore.Backplane;
using WsCore.Redis.Bus;
using WsCore.Redis.Link;
using WsCore.TestKit.Net;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Link;

/// <summary>What the link does when Redis is away, hangs, or loses connections: it says so in time and is back in time.</summary>
[Collection(TimedGroup.Name)]
public sealed class OutageTests
{
    private static readonly TimeSpan Promised = TimeSpan.FromSeconds(5);
    private static readonly Topic Room = new("wscore:room:a"u8.ToArray());
    private static readonly LuaScript One = LuaScript.From("one", "return 1");

    [RedisFact]
    public async Task A_hung_Redis_is_noticed_in_time_and_is_back_in_time()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        await kit.Link.OpenAsync(Room);
        await kit.Link.RunAsync(One, []);
        var restored = kit.Restored;

        redis.Hang();
        var call = kit.Link.RunAsync(One, []).AsTask();
        await Eventually.Is(() => !kit.Link.IsUp, timeout: Promised);
        await Assert.ThrowsAsync<UnavailableException>(() => call.WithTimeout(Promised));
        Assert.NotNull(kit.Link.Problem);
        var refused = kit.Link.RunAsync(One, []).AsTask();
        Assert.True(refused.IsCompleted);
        await Assert.ThrowsAsync<UnavailableException>(() => refused);
        await kit.Link.OpenAsync(new Topic("wscore:room:b"u8.ToArray())).AsTask().WithTimeout(Promised);

        redis.Continue();
        await Eventually.Is(() => kit.Link.IsUp && kit.Restored > restored, timeout: Promised);
        Assert.Equal(1, (await kit.Link.RunAsync(One, [])).Number);
        await AssertHearsAsync(redis, kit, new Topic("wscore:room:b"u8.ToArray()));
        await AssertHearsAsync(redis, kit, Room);
        Assert.Null(kit.Link.Problem);
    }

    [RedisFact]
    public async Task A_link_ends_in_time_while_Redis_hangs()
    {
        await using var redis = await RedisServer.StartAsync();
        var kit = await LinkKit.UpAsync(redis.ConnectionString);
        redis.Hang();
        await Eventually.Is(() => !kit.Link.IsUp, timeout: Promised);
        await Eventually.Is(() => kit.Log.Any(line => line.StartsWith("9003", StringComparison.Ordinal))); // an attempt has failed, and the next is at it

        await kit.DisposeAsync().AsTask().WithTimeout();
    }

    [RedisFact]
    public async Task Redis_that_hangs_in_the_middle_of_a_flood_is_survived()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        await kit.Link.OpenAsync(Room);
        var payload = new byte[100_000];
        var unobserved = new System.Collections.Concurrent.ConcurrentQueue<Exception>();
        EventHandler<UnobservedTaskExceptionEventArgs> collect = (_, e) =>
        {
            if (e.Exception.ToString() is var text && (text.Contains("StackExchange.Redis", StringComparison.Ordinal) || text.Contains("WsCore.Redis.", StringComparison.Ordinal)))
            {
                unobserved.Enqueue(e.Exception); // what another test left behind is not the link's
            }
        };
        GC.Collect();
        GC.WaitForPendingFinalizers();
        TaskScheduler.UnobservedTaskException += collect;

        for (var round = 0; round < 2; round++)
        {
            redis.Hang();
            for (var i = 0; i < 2_000; i++)
            {
                kit.Publish(Room, payload);
            }

            await Eventually.Is(() => !kit.Link.IsUp, timeout: Promised);
            redis.Continue();
            await Eventually.Is(() => kit.Link.IsUp, timeout: Promised);
            await Eventually.Is(() => kit.Link.HasRoom);
        }

        await AssertHearsAsync(redis, kit, Room);
        GC.Collect();
        GC.WaitForPendingFinalizers();
        TaskScheduler.UnobservedTaskException -= collect;
        Assert.Empty(unobserved);
    }

    [RedisFact]
    public async Task A_killed_Redis_is_back_in_time_and_what_waited_is_published_in_order()
    {
        await using var redis = await RedisServer.StartAsync(new RedisOptions { AppendOnly = true });
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        await using var other = await LinkKit.UpAsync(redis.ConnectionString, "n2");
        await other.Link.OpenAsync(Room);

        await redis.KillAsync();
        await Eventually.Is(() => !kit.Link.IsUp && !other.Link.IsUp, timeout: Promised);
        for (var i = 0; i < 300; i++)
        {
            Assert.True(kit.Publish(Room, id: (UInt128)i));
        }

        await redis.RestartAsync();
        await Eventually.Is(() => kit.Link.IsUp && other.Link.IsUp, timeout: Promised);

        // Whoever connects first may publish before the other hears: that is what OnRestored is for. The end is in order in any case.
        Assert.True(kit.Publish(Room, id: 300));
        await Eventually.Is(() => other.Received.Any(envelope => envelope.Id == 300));
        var ids = other.Received.Select(envelope => (int)envelope.Id).ToList();
        Assert.Equal(Enumerable.Range(301 - ids.Count, ids.Count), ids);
    }

    [RedisFact]
    public async Task Redis_need_not_be_there_at_the_start()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.KillAsync();
        await using var kit = LinkKit.Start(redis.ConnectionString);
        await kit.Link.OpenAsync(Room).AsTask().WithTimeout(Promised);
        Assert.False(kit.Link.IsUp);
        await Assert.ThrowsAsync<UnavailableException>(() => kit.Link.RunAsync(One, []).AsTask());
        Assert.True(kit.Publish(Room));
        await Eventually.Is(() => kit.Link.Problem!.Contains("cannot be reached", StringComparison.Ordinal));

        await redis.RestartAsync();
        await Eventually.Is(() => kit.Link.IsUp && kit.Restored == 1, timeout: Promised);
    }

    [RedisTheory]
    [InlineData("pubsub")]
    [InlineData("normal")]
    public async Task A_connection_that_Redis_ends_is_replaced_and_everything_is_subscribed_again(string type)
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        var topics = Enumerable.Range(0, 3_000).Select(i => new Topic(System.Text.Encoding.UTF8.GetBytes($"wscore:room:{i}"))).ToList();
        await Task.WhenAll(topics.Select(topic => kit.Link.OpenAsync(topic).AsTask()));

        for (var round = 0; round < 3; round++)
        {
            var restored = kit.Restored;
            await redis.CommandAsync("CLIENT", "KILL", "TYPE", type);

            await Eventually.Is(() => kit.Restored > restored, timeout: Promised);
            Assert.True(kit.Link.IsUp);
            kit.Received.Clear();
            await AssertHearsAsync(redis, kit, topics[0]);
            await AssertHearsAsync(redis, kit, topics[^1]);
            Assert.Equal(2, kit.Received.Count); // each once
        }
    }

    [RedisFact]
    public async Task Scripts_go_on_while_only_the_subscription_is_replaced()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        await kit.Link.RunAsync(One, []);
        var restored = kit.Restored;

        await redis.CommandAsync("CLIENT", "KILL", "TYPE", "pubsub");
        while (kit.Restored == restored)
        {
            Assert.Equal(1, (await kit.Link.RunAsync(One, [])).Number);
        }
    }

    [RedisFact]
    public async Task Over_the_output_buffer_limit_the_link_is_restored_each_time()
    {
        await using var redis = await RedisServer.StartAsync(new RedisOptions { Lines = ["client-output-buffer-limit pubsub 64kb 32kb 1"] });
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        await using var sender = await LinkKit.UpAsync(redis.ConnectionString, "n2");
        await kit.Link.OpenAsync(Room);
        var restored = kit.Restored;

        // More than socket buffers hold, faster than anybody reads.
        await redis.CommandAsync("EVAL", "for i = 1, 200 do redis.call('PUBLISH', KEYS[1], ARGV[1]) end", "1", "wscore:room:a", new string('x', 100_000));
        await Eventually.Is(() => kit.Restored > restored, timeout: Promised);

        await AssertHearsAsync(redis, kit, Room);
    }

    [RedisFact]
    public async Task The_queue_takes_what_it_can_and_no_more_while_Redis_is_away()
    {
        await using var kit = LinkKit.Start($"127.0.0.1:{FreePort.Next()}", configure: options => options.QueueSize = 100);

        var room = 0;
        var taken = Enumerable.Range(0, 3_000).Count(_ =>
        {
            room += kit.Link.HasRoom ? 1 : 0;
            return kit.Publish(Room);
        });

        Assert.Equal((100, 1_100), (room, taken)); // a thousand more, for those that found room at the same time
        Assert.Equal(1_900, kit.Counted("wscore.bus.dropped queue_full"));
        Assert.False(kit.Link.HasRoom);
    }

    [RedisFact]
    public async Task The_queue_is_bounded_by_bytes_too()
    {
        await using var kit = LinkKit.Start($"127.0.0.1:{FreePort.Next()}");
        var payload = new byte[1 << 20];

        var taken = Enumerable.Range(0, 100).Count(_ => kit.Publish(Room, payload));

        Assert.InRange(taken, 60, 65);
        Assert.False(kit.Link.HasRoom);
    }

    [RedisFact]
    public async Task A_full_queue_says_so_while_Redis_is_there_and_goes_on()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString, configure: options => options.QueueSize = 100);

        await redis.CommandAsync("CLIENT", "PAUSE", "60000", "WRITE"); // which PUBLISH is for Redis; else the pump may be quicker than the next line
        var refused = 0;
        for (var i = 0; i < 200_000 && refused == 0; i++)
        {
            refused += kit.Publish(Room) ? 0 : 1;
        }

        Assert.Equal(1, refused);
        Assert.False(kit.Link.HasRoom);
        await redis.CommandAsync("CLIENT", "UNPAUSE");
        await Eventually.Is(() => kit.Link.HasRoom);
        Assert.True(kit.Publish(Room));
    }

    [RedisFact]
    public async Task A_slow_handler_holds_up_the_others_but_neither_Redis_nor_the_watch_and_what_is_too_much_is_told()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = await LinkKit.UpAsync(redis.ConnectionString);
        await using var sender = await LinkKit.UpAsync(redis.ConnectionString, "n2");
        var (gate, handled) = (new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), 0);
        kit.Link.On(BusKind.Command, async (_, _) =>
        {
            await gate.Task;
            Interlocked.Increment(ref handled);
        });
        await kit.Link.OpenAsync(Room);
        var restored = kit.Restored;
        var command = sender.Link.Codec.Write(new BusEnvelope { Kind = BusKind.Command, Node = "n2", Epoch = "" });

        var sent = 0;
        await Eventually.Is(() =>
        {
            for (; sent < BusInbox.Capacity + 5_000 && sender.Link.TryPublish(Room, command); sent++)
            {
            }

            return sent == BusInbox.Capacity + 5_000;
        });
        await Eventually.Equal(4_999, () => kit.Counted("wscore.bus.dropped inbox_full"));
        Assert.Equal(1, (await kit.Link.RunAsync(One, [])).Number);
        Assert.True(kit.Link.IsUp);
        Assert.Equal(restored, kit.Restored);
        gate.SetResult();

        await Eventually.Is(() => kit.Restored == restored + 1);
        await Eventually.Is(() => Volatile.Read(ref handled) == BusInbox.Capacity + 1);
    }

    [RedisFact]
    public async Task What_throws_takes_nothing_with_it()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var kit = LinkKit.Start(redis.ConnectionString);
        await using var sender = await LinkKit.UpAsync(redis.ConnectionString, "n2");
        kit.Link.On(BusKind.Command, (_, _) => throw new InvalidOperationException("thrown"));
        kit.Link.OnRestored(() => throw new InvalidOperationException("thrown"));
        await Eventually.Is(() => kit.Link.IsUp);
        await kit.Link.OpenAsync(Room);

        sender.Link.TryPublish(Room, sender.Link.Codec.Write(new BusEnvelope { Kind = BusKind.Command, Node = "n2", Epoch = "" }));
        sender.Publish(Room);

        await Eventually.Equal(1, () => kit.Received.Count);
        var error = await Assert.ThrowsAsync<InvalidOperationException>(() => kit.Link.RunAsync(LuaScript.From("bad", "return redis.call('GET')"), []).AsTask());
        Assert.Contains("bad", error.Message, StringComparison.Ordinal);
    }

    // From a stranger with the key, through Redis' own command.
    private static async Task AssertHearsAsync(RedisServer redis, LinkKit kit, Topic topic)
    {
        var before = kit.Received.Count;
        await using var sender = await LinkKit.UpAsync(redis.ConnectionString, "sender");
        Assert.True(sender.Publish(topic));
        await Eventually.Is(() => kit.Received.Count > before, $"a message on {System.Text.Encoding.UTF8.GetString(topic.Name)}", Promised);
    }
}
