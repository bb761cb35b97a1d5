namespace WsCore.Redis.Link;

/// <summary>What a server says of itself.</summary>
/// <param name="RunId">New with each start of its process.</param>
/// <param name="Version">Of Redis.</param>
/// <param name="IsMaster">Not a replica.</param>
/// <param name="IsCluster">Of Redis Cluster.</param>
/// <param name="AppendOnly">It writes an append-only file.</param>
/// <param name="MemoryPolicy">What it does when its memory is full; empty where it does not tell.</param>
internal sealed record ServerFacts(string RunId, Version Version, bool IsMaster, bool IsCluster, bool AppendOnly, string MemoryPolicy)
{
    private static readonly Version OldestVersion = new(7, 0);

    public static async ValueTask<ServerFacts> ReadAsync(RedisSession session) => Parse((await session.CommandAsync("INFO").ConfigureAwait(false)).Text);

    /// <summary>The answer to <c>INFO</c>. What it does not say is false, empty, version 0.0.</summary>
    public static ServerFacts Parse(string info)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in info.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries))
        {
            if (line.IndexOf(':', StringComparison.Ordinal) is var colon and > 0)
            {
                fields[line[..colon]] = line[(colon + 1)..];
            }
        }

        string Field(string name) => fields.GetValueOrDefault(name, "");
        return new ServerFacts(Field("run_id"), Version.TryParse(Field("redis_version"), out var version) ? version : new Version(0, 0),
            Field("role") == "master", Field("cluster_enabled") == "1", Field("aof_enabled") == "1", Field("maxmemory_policy"));
    }

    /// <summary>Why it cannot be used, in a sentence; null where it can.</summary>
    public string? Refusal(string endPoint) =>
        IsCluster ? $"Redis at {endPoint} is part of Redis Cluster, which is not supported: use a master with replicas."
        : Version < OldestVersion ? $"Redis at {endPoint} is version {Version}: 7.0 or newer is needed, because older ones copy the cache of scripts to replicas."
        : IsMaster ? null : $"Redis at {endPoint} is a replica.";
}
