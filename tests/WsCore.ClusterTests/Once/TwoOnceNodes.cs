using System.Text;
using WsCore.Reliability;
using WsCore.TestKit.Redis;

namespace WsCore.ClusterTests.Once;

/// <summary>Two nodes on one Redis, and a request that comes to them.</summary>
public abstract class TwoOnceNodes : IAsyncLifetime
{
    private protected static readonly OnceKey Key = new("ann", "6f1c8a52-0000-4000-8000-000000000001");
    private protected static readonly Fingerprint Asked = new(new UInt128(1, 2));
    private protected static readonly byte[] Answer = Encoding.UTF8.GetBytes(",\"seq\":7}");

    private protected RedisServer Redis { get; private set; } = null!;

    private protected OnceNode One { get; private set; } = null!;

    private protected OnceNode Two { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Redis = await RedisServer.StartAsync();
        (One, Two) = (await OnceNode.StartAsync(Redis, "one"), await OnceNode.StartAsync(Redis, "two"));
    }

    public async Task DisposeAsync()
    {
        await One.DisposeAsync();
        await Two.DisposeAsync();
        await Redis.DisposeAsync();
    }
}
