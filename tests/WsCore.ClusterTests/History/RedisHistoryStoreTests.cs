using WsCore.History;
using WsCore.Rooms;
using WsCore.TestKit.History;

namespace WsCore.ClusterTests.History;

/// <summary>What every store must do, on a real Redis.</summary>
public sealed class RedisHistoryStoreTests(RedisFixture redis) : HistoryStoreSpecification, IClassFixture<RedisFixture>, IAsyncLifetime
{
    private HistoryNode _node = null!;

    private protected override IHistoryStore Store => _node.Store;

    public async Task InitializeAsync() => _node = await HistoryNode.StartAsync(redis.Server.ConnectionString, redis.NextPrefix());

    public async Task DisposeAsync() => await _node.DisposeAsync();

    // Before rooms are looked at whether they are to be forgotten, those with members are touched: that happens far more often.
    private protected override async ValueTask PassAsync(TimeSpan time)
    {
        _node.Link.Offset += time;
        await _node.Store.CheckAllAsync();
        await _node.Store.SweepAsync();
        _node.Store.Tick();
    }

    private protected override ValueTask ForgetAsync(RoomName room, HistoryRules rules) => PassAsync(rules.Ttl * 1.1);
}
