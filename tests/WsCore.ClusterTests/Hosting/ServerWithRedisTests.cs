using WsCore.TestKit.Net;
using WsCore.TestKit.Processes;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Hosting;

/// <summary>The server's process with Redis: two of them are one system, readiness knows when they are not, and wrong settings stop it.</summary>
public sealed class ServerWithRedisTests
{
    private static readonly (string, string) Key = ("WSCORE__REDIS__HMACKEY", "a secret of the tests, 32 bytes or more");

    [RedisFact]
    public async Task Two_servers_with_one_Redis_are_one_system()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var one = await StartAsync(redis, ("WSCORE__NODE", "one"));
        await using var two = await StartAsync(redis, ("WSCORE__NODE", "two"));
        await Eventually.IsAsync(async () => await ReadyAsync(one) == 200 && await ReadyAsync(two) == 200);
        await using var here = await JoinAsync(one, "tea", "kept:a");
        await using var there = await JoinAsync(two, "tea", "kept:a");

        await here.SendTextAsync("""{"type":"broadcast","id":"1","room":"tea","payload":"hi"}""");
        Assert.Equal("ack", (await here.ReceiveJsonAsync()).GetProperty("type").GetString());
        var message = await there.ReceiveJsonAsync();
        Assert.Equal(("tea", "hi"), (message.GetProperty("room").GetString(), message.GetProperty("payload").GetString()));

        await there.SendTextAsync("""{"type":"broadcast","id":"2","room":"kept:a","payload":1}""");
        var ack = await there.ReceiveJsonAsync();
        var kept = await here.ReceiveJsonAsync();
        Assert.Equal((1, 1), (ack.GetProperty("seq").GetInt64(), kept.GetProperty("seq").GetInt64()));
        Assert.Equal(ack.GetProperty("epoch").GetString(), kept.GetProperty("epoch").GetString());
    }

    [RedisFact]
    public async Task Readiness_is_red_while_Redis_does_not_answer_and_liveness_is_not()
    {
        await using var redis = await RedisServer.StartAsync();
        await using var server = await StartAsync(redis);
        await Eventually.IsAsync(async () => await ReadyAsync(server) == 200);

        redis.Hang();
        await Eventually.IsAsync(async () => await ReadyAsync(server) == 503);
        Assert.Equal(200, (await GetAsync(server, "/health/live")).Status);
        redis.Continue();
        await Eventually.IsAsync(async () => await ReadyAsync(server) == 200);

        Assert.Equal(0, (await server.StopAsync()).ExitCode);
    }

    [RedisFact]
    public async Task Redis_need_not_be_there_when_it_starts()
    {
        await using var redis = await RedisServer.StartAsync();
        await redis.KillAsync();
        await using var server = await StartAsync(redis);
        Assert.Equal(503, await ReadyAsync(server));
        await using var client = await JoinAsync(server, "tea"); // without history: it goes on here
        await redis.RestartAsync();

        await Eventually.IsAsync(async () => await ReadyAsync(server) == 200);
    }

    [Fact]
    public async Task It_stops_in_order_though_Redis_is_away()
    {
        await using var server = await ServerProcess.StartAsync(ServerProcess.Anonymous, Key, ("WSCORE__REDIS__CONNECTION", $"127.0.0.1:{FreePort.Next()}"));

        Assert.Equal(0, (await server.StopAsync()).ExitCode);
    }

    [Fact]
    public async Task Wrong_settings_stop_it_with_sentences()
    {
        var result = await ServerProcess.RunAsync(
            ["--urls", "http://127.0.0.1:0"], ServerProcess.Anonymous, ("WSCORE__REDIS__CONNECTION", "127.0.0.1,serviceName=x,password=hidden"), ("WSCORE__REDIS__QUEUESIZE", "1"));

        Assert.Equal(1, result.ExitCode);
        Assert.Empty(result.Output);
        var sentences = result.Error.TrimEnd().Split('\n').Order(StringComparer.Ordinal).ToList();
        Assert.Equal(3, sentences.Count);
        Assert.StartsWith("WsCore:Redis:Connection: The connection to Redis says 'serviceName'", sentences[0], StringComparison.Ordinal);
        Assert.StartsWith("WsCore:Redis:HmacKey must be given outside Development", sentences[1], StringComparison.Ordinal);
        Assert.Equal("WsCore:Redis:QueueSize must be between 100 and 1000000.", sentences[2]);
        Assert.DoesNotContain("hidden", result.Error, StringComparison.Ordinal);
    }

    private static Task<ServerProcess> StartAsync(RedisServer redis, params (string, string)[] more) => ServerProcess.StartAsync(
        [ServerProcess.Anonymous, Key, ("WSCORE__REDIS__CONNECTION", redis.ConnectionString), ("WSCORE__NAMESPACES__KEPT__HISTORY__SIZE", "10"), .. more]);

    private static async Task<RawWebSocket> JoinAsync(ServerProcess server, params string[] rooms)
    {
        var socket = await RawWebSocket.ConnectAsync(server.AddressOf("/ws"));
        Assert.Equal("welcome", (await socket.ReceiveJsonAsync()).GetProperty("type").GetString());
        foreach (var room in rooms)
        {
            await socket.SendTextAsync($$"""{"type":"join","id":"j","room":"{{room}}"}""");
            Assert.Equal("ack", (await socket.ReceiveJsonAsync()).GetProperty("type").GetString());
        }

        return socket;
    }

    private static async Task<int> ReadyAsync(ServerProcess server) => (await GetAsync(server, "/health/ready")).Status;

    private static Task<HttpReply> GetAsync(ServerProcess server, string path) => HttpProbe.SendAsync(server.Address, HttpProbe.Request($"GET {path} HTTP/1.1", "Host: localhost"));
}
