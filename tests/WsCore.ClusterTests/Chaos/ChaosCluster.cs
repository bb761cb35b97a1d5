using System.Net.Sockets;
using WsCore.ClusterTests.Checking;
using WsCore.TestKit.Net;
using WsCore.TestKit.Processes;
using WsCore.TestKit.Redis;

namespace WsCore.ClusterTests.Chaos;

/// <summary>The servers of a run: nodes, and the two Redis that take turns as the master.</summary>
internal sealed class ChaosCluster : IAsyncDisposable
{
    /// <summary>A room keeps more than a run can say: whatever was said can be caught up with.</summary>
    private const int HistorySize = 100_000;

    private readonly List<ServerProcess> _nodes = [];
    private readonly List<RedisServer> _redis = [];

    /// <summary>All kinds of rooms: with history, with presence, with both, with neither.</summary>
    public static IReadOnlyList<RoomRules> Rooms { get; } =
    [
        .. Named("chat", 4, HistorySize, presence: false), .. Named("team", 3, HistorySize, presence: true),
        .. Named("hall", 2, 0, presence: true), .. Named("plain", 3, 0, presence: false),
    ];

    public IReadOnlyList<ServerProcess> Nodes => _nodes;

    /// <summary>The first is the master; empty where there is none.</summary>
    public List<RedisServer> Redis => _redis;

    public static async Task<ChaosCluster> StartAsync(ChaosOptions options)
    {
        var cluster = new ChaosCluster();
        try
        {
            List<(string, string)> settings =
            [
                ServerProcess.Anonymous,
                ("WSCORE__LIMITS__MESSAGESPERSECOND", "0"), ("WSCORE__LIMITS__BYTESPERSECOND", "0"),
                ("WSCORE__NAMESPACES__CHAT__HISTORY__SIZE", $"{HistorySize}"), ("WSCORE__NAMESPACES__CHAT__HISTORY__TTL", "1h"), ("WSCORE__NAMESPACES__CHAT__HISTORY__MAXBYTES", "1073741824"),
                ("WSCORE__NAMESPACES__TEAM__HISTORY__SIZE", $"{HistorySize}"), ("WSCORE__NAMESPACES__TEAM__HISTORY__TTL", "1h"), ("WSCORE__NAMESPACES__TEAM__HISTORY__MAXBYTES", "1073741824"),
                ("WSCORE__NAMESPACES__TEAM__PRESENCE", "true"), ("WSCORE__NAMESPACES__HALL__PRESENCE", "true"),
                ("WSCORE__HISTORY__MAXBYTES", "4294967296"), ("WSCORE__DEDUPE__MAXENTRIES", "10000000"), ("WSCORE__DEDUPE__MAXBYTES", "4294967296"),
                ("WSCORE__PRESENCE__GRACE", "1s"), ("WSCORE__PRESENCE__LEASE", "5s"), ("WSCORE__DRAIN__TIMEOUT", "5s"), ("WSCORE__LIMITS__CLOSETIMEOUT", "2s"),
                ("DOTNET_gcServer", "0"),
            ];
            if (options.Redis)
            {
                // The bound on what waits for a subscriber is low, so that a hung node goes over it.
                string[] lines = ["client-output-buffer-limit pubsub 1mb 256kb 2"];
                cluster._redis.Add(await RedisServer.StartAsync(new RedisOptions { AppendOnly = true, Lines = lines }));
                cluster._redis.Add(await RedisServer.StartAsync(new RedisOptions { AppendOnly = true, Lines = lines, ReplicaOf = cluster._redis[0] }));
                await cluster._redis[1].LinkedAsync();
                settings.Add(("WSCORE__REDIS__CONNECTION", RedisServer.ConnectionStringOf([.. cluster._redis])));
                settings.Add(("WSCORE__REDIS__PREFIX", "chaos"));
                settings.Add(("WSCORE__REDIS__HMACKEY", Convert.ToBase64String(new byte[32])));
            }

            for (var i = 1; i <= options.Nodes; i++)
            {
                cluster._nodes.Add(await ServerProcess.StartAsync([.. settings, ("WSCORE__NODE", $"n{i}")]));
            }

            return cluster;
        }
        catch
        {
            await cluster.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether a node answers, and takes connections.</summary>
    public static async Task<bool> IsReadyAsync(ServerProcess node)
    {
        try
        {
            var request = HttpProbe.Request("GET /health/ready HTTP/1.1", "Host: localhost");
            return (await HttpProbe.SendAsync(node.Address, request, TimeSpan.FromSeconds(5))).Status == 200;
        }
        catch (Exception e) when (e is SocketException or IOException or TimeoutException)
        {
            return false;
        }
    }

    /// <summary>What the servers wrote last, for a failure.</summary>
    public string Tail(int lines) => string.Join('\n', _nodes.Select((node, i) => $"--- node {i + 1}\n{node.Tail(lines)}").Concat(_redis.Select(redis => $"--- Redis {redis.Port}\n{redis.Tail(lines)}")));

    public async ValueTask DisposeAsync()
    {
        foreach (var node in _nodes)
        {
            await node.DisposeAsync();
        }

        foreach (var redis in _redis)
        {
            await redis.DisposeAsync();
        }
    }

    private static IEnumerable<RoomRules> Named(string name, int count, int history, bool presence) =>
        Enumerable.Range(1, count).Select(i => new RoomRules($"{name}:{i}", history, presence));
}
