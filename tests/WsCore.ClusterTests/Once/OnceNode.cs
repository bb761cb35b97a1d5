using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Backplane;
using WsCore.ClusterTests.Link;
using WsCore.Redis.Link;
using WsCore.Redis.Once;
using WsCore.Reliability;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Once;

/// <summary>What a node has to do with <c>once</c>: a link, and the store with a clock that the test moves.</summary>
internal sealed class OnceNode : IAsyncDisposable
{
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(15);

    /// <summary>How long a claim counts after its node was first seen dead.</summary>
    public static readonly TimeSpan Doubt = TimeSpan.FromSeconds(3);

    private static readonly LuaScript Beat = LuaScript.From("beat", "return redis.call('ZADD', KEYS[1], now() + ARGV[2], ARGV[1])");

    private readonly LinkKit _kit;

    private OnceNode(LinkKit kit, DedupeOptions options)
    {
        _kit = kit;
        Records = new OnceRecords(kit.Link, kit.Link.Keys, kit.Link.NodeId, Lease);
        Store = Use(options);
    }

    public ManualTimeProvider Clock { get; } = new();

    public OnceRecords Records { get; }

    public RedisDedupeStore Store { get; private set; }

    public RedisLink Link => _kit.Link;

    public static async Task<OnceNode> StartAsync(RedisServer redis, string node, DedupeOptions? options = null) =>
        new(await LinkKit.UpAsync(redis.ConnectionString, node), options ?? new DedupeOptions());

    /// <summary>Takes a new store, with other options.</summary>
    public RedisDedupeStore Use(DedupeOptions options) => Store = new RedisDedupeStore(Records, options, Clock, NullLogger<RedisDedupeStore>.Instance);

    /// <summary>Says that this node lives, for as long.</summary>
    public async Task BeatAsync(TimeSpan lease) => await Link.RunAsync(Beat, [Link.Keys.Nodes], Link.NodeId, (long)lease.TotalMilliseconds);

    /// <summary>So much time passes for the store, and for Redis as this node sees it.</summary>
    public void Pass(TimeSpan time)
    {
        Link.Offset += time;
        Clock.Advance(time);
    }

    /// <summary>Passes the time until those who wait for another node's answer ask again, once they wait.</summary>
    public async Task PollAsync()
    {
        await Eventually.Is(() => Clock.ArmedTimers > 0, "somebody waits for another node");
        Clock.Advance(TimeSpan.FromMilliseconds(251));
    }

    public async Task<OnceClaim> ClaimAsync(OnceKey key, Fingerprint fingerprint) => await Store.ClaimAsync(key, fingerprint).WithTimeout();

    /// <summary>The same as a client does it after an outage: again while it is unavailable, for a link that has just come back may be replaced once more.</summary>
    public async Task<OnceClaim> ClaimAgainAsync(OnceKey key, Fingerprint fingerprint)
    {
        OnceClaim? claim = null;
        await Eventually.IsAsync(async () =>
        {
            Store.Tick();
            try
            {
                claim = await ClaimAsync(key, fingerprint);
                return true;
            }
            catch (UnavailableException)
            {
                return false;
            }
        });
        return claim!.Value;
    }

    public ValueTask DisposeAsync() => _kit.DisposeAsync();
}
