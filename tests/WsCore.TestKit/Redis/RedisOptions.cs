namespace WsCore.TestKit.Redis;

/// <summary>How a <see cref="RedisServer"/> is to run. Without any: nothing is written to disk.</summary>
internal sealed record RedisOptions
{
    /// <summary>Every write is on disk before it is answered (<c>appendfsync always</c>): a kill loses nothing.</summary>
    public bool AppendOnly { get; init; }

    /// <summary>The server that it copies from its start on; it must be there no longer than this one needs it.</summary>
    public RedisServer? ReplicaOf { get; init; }

    /// <summary>Clients, replicas included, must give it.</summary>
    public string? Password { get; init; }

    /// <summary>Further lines of redis.conf.</summary>
    public IReadOnlyList<string> Lines { get; init; } = [];
}
