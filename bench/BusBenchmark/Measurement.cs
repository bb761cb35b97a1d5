using System.Diagnostics;
using WsCore.Access;

namespace WsCore.BusBenchmark;

/// <summary>What is measured: messages that the application publishes on one node, until a member of their room on the other node has them.</summary>
internal static class Measurement
{
    public const int PayloadBytes = 128;
    public const int LatencyRate = 1000;

    /// <summary>About what such a message takes on the bus.</summary>
    public const int WireBytes = 320;

    private const int AtOnce = 256;

    /// <summary>As fast as it goes: 256 publishers, each waiting for its message to be taken (with history: stored), and at most so many in flight as the bus' queue takes.</summary>
    public static async Task<Throughput> ThroughputAsync(BenchCluster cluster, BenchRedis redis, int messages)
    {
        var payload = Payload.FromText(new string('x', PayloadBytes - 2));
        cluster.Expect(messages);
        var (redisBefore, nodesBefore, begun) = (await redis.CpuAsync(), Process.GetCurrentProcess().TotalProcessorTime, TimeProvider.System.GetTimestamp());
        var next = 0;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            for (var i = Interlocked.Increment(ref next); i <= messages; i = Interlocked.Increment(ref next))
            {
                await cluster.WaitForRoomAsync(i);
                await cluster.Publisher.BroadcastAsync(cluster.Rooms[i % cluster.Rooms.Count], payload);
            }
        })));
        await cluster.ReceivedAsync();
        var elapsed = TimeProvider.System.GetElapsedTime(begun);
        var nodes = Process.GetCurrentProcess().TotalProcessorTime - nodesBefore;
        var server = await redis.CpuAsync() - redisBefore;
        return new Throughput(messages / elapsed.TotalSeconds, nodes.TotalMicroseconds / messages, server.TotalMicroseconds / messages);
    }

    /// <summary>At a rate that nothing waits at, one after the other.</summary>
    public static async Task<Latency> LatencyAsync(BenchCluster cluster, int messages)
    {
        cluster.Expect(messages);
        using var pace = new PeriodicTimer(TimeSpan.FromSeconds(1.0 / LatencyRate), TimeProvider.System);
        var begun = TimeProvider.System.GetTimestamp();
        for (var i = 0; i < messages; i++)
        {
            while (TimeProvider.System.GetElapsedTime(begun).TotalSeconds * LatencyRate < i) // a tick may take longer than it should
            {
                await pace.WaitForNextTickAsync();
            }

            var payload = Payload.FromJson(System.Text.Encoding.UTF8.GetBytes($"{{\"at\":{TimeProvider.System.GetTimestamp()},\"text\":\"{new string('x', PayloadBytes - 40)}\"}}"));
            await cluster.Publisher.BroadcastAsync(cluster.Rooms[i % cluster.Rooms.Count], payload);
        }

        await cluster.ReceivedAsync();
        var sorted = cluster.Latencies.Order().ToArray();
        return new Latency(sorted[sorted.Length / 2].TotalMicroseconds, sorted[sorted.Length * 99 / 100].TotalMicroseconds);
    }
}
