using WsCore.TestKit.Redis;

namespace WsCore.ClusterTests.History;

/// <summary>One Redis for the tests of a class, of which each has a prefix of its own.</summary>
public sealed class RedisFixture : IAsyncLifetime
{
    private int _prefixes;

    internal RedisServer Server { get; private set; } = null!;

    public async Task InitializeAsync() => Server = await RedisServer.StartAsync();

    public async Task DisposeAsync() => await Server.DisposeAsync();

    internal string NextPrefix() => $"t{Interlocked.Increment(ref _prefixes)}";
}
