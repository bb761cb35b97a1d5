using System.Globalization;
using WsCore.BusBenchmark;

// bash bench/bus.sh [--quick]: two nodes in this process, a real Redis beside it, and redis-benchmark's PUBLISH in the same run.
var quick = args.Contains("--quick");
var messages = quick ? 50_000 : 200_000;
var latencies = quick ? 2_000 : 5_000;
await using var redis = await BenchRedis.StartAsync();
Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{messages} messages of {Measurement.PayloadBytes} bytes of payload; latency of {latencies} at {Measurement.LatencyRate} a second"));
Console.WriteLine();
Console.WriteLine("| | rooms | messages/s | CPU nodes µs/message | CPU Redis µs/message | latency p50 µs | p99 µs |");
Console.WriteLine("|---|---|---|---|---|---|---|");
foreach (var history in new[] { false, true })
{
    foreach (var rooms in new[] { 1, 100, 10_000 })
    {
        await using var cluster = await BenchCluster.StartAsync(redis, history);
        await cluster.JoinAsync(rooms);
        await Measurement.ThroughputAsync(cluster, redis, messages / 10); // warm
        var throughput = await Measurement.ThroughputAsync(cluster, redis, messages);
        var latency = await Measurement.LatencyAsync(cluster, latencies);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"| {(history ? "with history" : "without history")} | {rooms} | {throughput.PerSecond:0} | {throughput.NodesMicroseconds:0.0} | {throughput.RedisMicroseconds:0.0} | {latency.Median:0} | {latency.P99:0} |"));
    }
}

foreach (var (pipeline, line) in await redis.PublishBenchmarkAsync(Measurement.WireBytes, messages))
{
    Console.WriteLine($"| redis-benchmark PUBLISH, nobody subscribed, 50 connections, pipeline {pipeline} | | {line} | | | | |");
}
