using WsCore.TestKit.Net;
using WsCore.TestKit.Processes;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.EndToEnd;

/// <summary>Three servers' processes on one Redis, with the shortest lease.</summary>
public sealed class ServerCluster : IAsyncLifetime
{
    private RedisServer? _redis;
    private ServerProcess[] _servers = [];

    internal RedisServer Redis => _redis!;

    internal ServerProcess this[int index] => _servers[index];

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        (string, string)[] settings =
        [
            ServerProcess.Anonymous,
            ("WSCORE__REDIS__CONNECTION", _redis.ConnectionString), ("WSCORE__REDIS__HMACKEY", "a secret of the tests, 32 bytes or more"),
            ("WSCORE__PRESENCE__LEASE", "3s"), ("WSCORE__PRESENCE__GRACE", "1s"), ("WSCORE__DEDUPE__WINDOW", "2s"), ("WSCORE__LIMITS__MESSAGESPERSECOND", "0"),
            ("WSCORE__NAMESPACES__KEPT__HISTORY__SIZE", "10"), ("WSCORE__NAMESPACES__KEPT__HISTORY__TTL", "1s"), ("WSCORE__NAMESPACES__HALL__PRESENCE", "true"),
            ("WSCORE__NAMESPACES__CURSORS__CONFLATE", "50ms"),
        ];
        _servers = await Task.WhenAll(Enumerable.Range(1, 3).Select(i => ServerProcess.StartAsync([.. settings, ("WSCORE__NODE", $"n{i}")])));
        await ReadyAsync();
    }

    public async Task DisposeAsync()
    {
        await Task.WhenAll(_servers.Select(server => server.DisposeAsync().AsTask()));
        await (_redis?.DisposeAsync() ?? default);
    }

    internal Task<ClusterClient> ConnectAsync(int index, params string[] rooms) => ClusterClient.ConnectAsync(_servers[index].AddressOf("/ws"), user: null, rooms);

    internal async Task RestartAsync(int index)
    {
        await _servers[index].RestartAsync();
        await ReadyAsync();
    }

    internal Task ReadyAsync(int status = 200) => Eventually.IsAsync(
        async () => (await Task.WhenAll(_servers.Select(server => HttpProbe.SendAsync(server.Address, HttpProbe.Request("GET /health/ready HTTP/1.1", "Host: localhost")))))
            .All(answer => answer.Status == status),
        "all servers say whether they are ready");
}
