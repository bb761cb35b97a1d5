using System.Globalization;
using WsCore.TestKit.Processes;
using WsCore.TestKit.Redis;

namespace WsCore.BusBenchmark;

/// <summary>A Redis of its own, without persistence, and what it costs.</summary>
internal sealed class BenchRedis(RedisServer server) : IAsyncDisposable
{
    public string ConnectionString => server.ConnectionString;

    public static async Task<BenchRedis> StartAsync() => new(await RedisServer.StartAsync());

    /// <summary>CPU time of the process so far.</summary>
    public async Task<TimeSpan> CpuAsync()
    {
        var info = (await server.CommandAsync("INFO", "cpu")).ToString()!;
        return TimeSpan.FromSeconds(Field(info, "used_cpu_sys:") + Field(info, "used_cpu_user:"));
    }

    /// <summary>What <c>redis-benchmark</c> says of PUBLISH with messages of this size: requests a second.</summary>
    public async Task<IReadOnlyList<(int Pipeline, string PerSecond)>> PublishBenchmarkAsync(int bytes, int messages)
    {
        var results = new List<(int, string)>();
        foreach (var pipeline in new[] { 1, 64 })
        {
            var endpoint = server.ConnectionString.Split(',')[0].Split(':');
            var result = await ProcessRunner.RunAsync(
                "redis-benchmark",
                ["-h", endpoint[0], "-p", endpoint[1], "-n", messages.ToString(CultureInfo.InvariantCulture), "-P", pipeline.ToString(CultureInfo.InvariantCulture),
                    "--csv", "PUBLISH", "bench", new string('x', bytes)]);
            var last = result.Output.Trim().Split('\n')[^1]; // "PUBLISH …","rps",…
            results.Add((pipeline, last.Split("\",\"")[1]));
        }

        return results;
    }

    public ValueTask DisposeAsync() => server.DisposeAsync();

    private static double Field(string info, string name)
    {
        var start = info.IndexOf(name, StringComparison.Ordinal) + name.Length;
        return double.Parse(info[start..info.IndexOf('\r', start)], CultureInfo.InvariantCulture);
    }
}
