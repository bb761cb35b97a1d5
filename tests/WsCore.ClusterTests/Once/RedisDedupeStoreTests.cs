using WsCore.Reliability;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Reliability;

namespace WsCore.ClusterTests.Once;

/// <summary>The store in Redis does what every store of requests with <c>once</c> does.</summary>
public sealed class RedisDedupeStoreTests : DedupeStoreSpecification, IAsyncLifetime
{
    private RedisServer _redis = null!;
    private OnceNode _node = null!;

    public async Task InitializeAsync()
    {
        _redis = await RedisServer.StartAsync();
        _node = await OnceNode.StartAsync(_redis, "n1");
    }

    public async Task DisposeAsync()
    {
        await _node.DisposeAsync();
        await _redis.DisposeAsync();
    }

    private protected override IDedupeStore Create(DedupeOptions options) => _node.Use(options);

    private protected override ValueTask PassAsync(TimeSpan time)
    {
        _node.Pass(time);
        return default;
    }
}
