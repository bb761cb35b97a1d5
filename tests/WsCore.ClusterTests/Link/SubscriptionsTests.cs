using WsCore.Redis.Link;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Link;

/// <summary>A channel is subscribed while somebody wants it, and a while longer.</summary>
public sealed class SubscriptionsTests
{
    private static readonly Topic Room = new("wscore:room:a"u8.ToArray());

    private readonly ManualTimeProvider _time = new();

    [RedisFact]
    public async Task The_first_subscribes_and_some_time_after_the_last_it_ends()
    {
        await using var redis = await RedisServer.StartAsync();
        var (subscriptions, session) = await CreateAsync(redis);

        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => subscriptions.OpenAsync(Room)));
        Assert.Equal(1, await SubscribersAsync(redis));
        for (var i = 0; i < 10; i++)
        {
            subscriptions.Close(Room);
        }

        _time.Advance(Subscriptions.Linger - TimeSpan.FromSeconds(1));
        subscriptions.Sweep();
        Assert.Equal(1, subscriptions.Count);
        _time.Advance(TimeSpan.FromSeconds(2));
        subscriptions.Sweep();

        Assert.Equal(0, subscriptions.Count);
        await Eventually.IsAsync(async () => await SubscribersAsync(redis) == 0);
        await subscriptions.OpenAsync(Room);
        Assert.Equal(1, await SubscribersAsync(redis));
        session.Close();
    }

    [RedisFact]
    public async Task Coming_back_in_time_keeps_it_and_the_time_begins_anew()
    {
        await using var redis = await RedisServer.StartAsync();
        var (subscriptions, session) = await CreateAsync(redis);
        await subscriptions.OpenAsync(Room);
        subscriptions.Close(Room);
        _time.Advance(Subscriptions.Linger / 2);
        await subscriptions.OpenAsync(Room);
        subscriptions.Close(Room);
        subscriptions.Close(Room); // once too often: harmless

        _time.Advance(Subscriptions.Linger * 0.75);
        subscriptions.Sweep();
        Assert.Equal(1, subscriptions.Count);
        _time.Advance(Subscriptions.Linger / 2);
        subscriptions.Sweep();

        Assert.Equal(0, subscriptions.Count);
        session.Close();
    }

    [RedisFact]
    public async Task What_is_wanted_moves_to_a_new_session_and_is_subscribed_there_once()
    {
        await using var redis = await RedisServer.StartAsync();
        var (subscriptions, first) = await CreateAsync(redis);
        await subscriptions.OpenAsync(Room);
        var (second, heard) = (await ConnectAsync(redis), 0);
        second.Watch((_, _, _) => Interlocked.Increment(ref heard), _ => { });

        var moving = subscriptions.MoveToAsync(second);
        await Task.WhenAll(Enumerable.Range(0, 10).Select(_ => subscriptions.OpenAsync(Room)).Append(moving));
        first.Close();
        await second.PublishAsync(Room, [1]);
        await second.PublishAsync(Room, [2]);

        await Eventually.Equal(2, () => Volatile.Read(ref heard));
        second.Close();
    }

    private async Task<(Subscriptions, RedisSession)> CreateAsync(RedisServer redis)
    {
        var subscriptions = new Subscriptions(_time);
        var session = await ConnectAsync(redis);
        await subscriptions.MoveToAsync(session);
        return (subscriptions, session);
    }

    private static Task<RedisSession> ConnectAsync(RedisServer redis)
    {
        var text = ConnectionText.Parse(redis.ConnectionString);
        return RedisSession.ConnectAsync(text.For(text.EndPoints[0]), redis.Endpoint, TimeProvider.System);
    }

    private static async Task<long> SubscribersAsync(RedisServer redis) => (await redis.CommandAsync("PUBSUB", "NUMSUB", "wscore:room:a")).Items![1].Number;
}
