using System.Diagnostics;
using WsCore.Backplane;
using WsCore.Redis.Link;
using WsCore.TestKit.Net;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Link;

/// <summary>One connection, and what is left of it when it is over.</summary>
[Collection(TimedGroup.Name)] // it counts the threads of the process
public sealed class RedisSessionTests
{
    [RedisFact]
    public async Task Publishing_on_a_session_that_was_closed_is_told_to_nobody_and_throws_nothing()
    {
        await using var redis = await RedisServer.StartAsync();
        var session = await ConnectAsync(redis.ConnectionString);

        session.Close();
        await Eventually.IsAsync(async () =>
        {
            try
            {
                await session.CommandAsync("PING");
                return false;
            }
            catch (UnavailableException e)
            {
                return e.InnerException is ObjectDisposedException;
            }
        });

        session.PublishUnconfirmed(new Topic("room"u8.ToArray()), "hello"u8.ToArray());
    }

    [RedisFact]
    public async Task Sessions_that_are_over_leave_no_threads()
    {
        await using var redis = await RedisServer.StartAsync();
        var absent = $"127.0.0.1:{FreePort.Next()}";
        using var process = Process.GetCurrentProcess();
        async Task TryAllAsync(int times)
        {
            for (var i = 0; i < times; i++)
            {
                (await ConnectAsync(redis.ConnectionString)).Close();
                await Assert.ThrowsAsync<UnavailableException>(() => ConnectAsync(absent));
            }
        }

        await TryAllAsync(5);
        process.Refresh();
        var before = process.Threads.Count;
        await TryAllAsync(30);

        await Eventually.Is(() =>
        {
            process.Refresh();
            return process.Threads.Count < before + 20;
        }, $"as few threads as before, {before}");
    }

    [RedisFact]
    public async Task Sessions_that_are_over_leave_no_memory()
    {
        await using var redis = await RedisServer.StartAsync();
        var over = new List<WeakReference>();
        for (var i = 0; i < 20; i++)
        {
            over.Add(await UseAsync(redis.ConnectionString));
        }

        await Eventually.Is(
            () =>
            {
                GC.Collect();
                GC.WaitForPendingFinalizers();
                return over.Count(session => session.IsAlive) <= 2; // the last may still be on somebody's stack
            },
            "they are gone");
    }

    private static async Task<WeakReference> UseAsync(string connection)
    {
        var session = await ConnectAsync(connection);
        session.Watch(static (_, _, _) => { }, static _ => { });
        await session.SubscribeAsync(new Topic("room"u8.ToArray()));
        await session.CommandAsync("PING");
        session.Close();
        return new WeakReference(session);
    }

    private static Task<RedisSession> ConnectAsync(string connection)
    {
        var text = ConnectionText.Parse(connection);
        return RedisSession.ConnectAsync(text.For(text.EndPoints[0]), connection, TimeProvider.System);
    }
}
