using WsCore.Presence;
using WsCore.Redis.Link;
using WsCore.TestKit.Presence;
using WsCore.TestKit.Redis;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Presence;

/// <summary>Presence over Redis does on one node what the memory's does.</summary>
public sealed class RedisPresenceStoreTests : PresenceStoreSpecification, IAsyncLifetime
{
    private static readonly LuaScript s_clock = LuaScript.From("clock", "return now()");

    private RedisServer? _redis;
    private PresenceNode? _node;

    public async Task InitializeAsync() => _redis = await RedisServer.StartAsync();

    public async Task DisposeAsync()
    {
        await (_node?.DisposeAsync() ?? default);
        await _redis!.DisposeAsync();
    }

    private protected override async ValueTask<IPresenceStore> Create(TimeSpan grace)
    {
        _node = await PresenceNode.UpAsync(_redis!.ConnectionString, grace: grace);
        _node.Sink.Then = (room, change) => Sink.Changed(room, change);
        return _node.Store;
    }

    private protected override Task Pass(TimeSpan time) => _node!.PassAsync(time);

    private protected override Task Connect(string user)
    {
        _node!.Connected.Add(user);
        _node.Store.Connected(user, here: true);
        return Task.CompletedTask;
    }

    private protected override async ValueTask<long> Now() => (await _node!.Link.RunAsync(s_clock, [])).Number;

    private protected override Task Quiet(Func<bool> done) => Eventually.Is(done, timeout: TimeSpan.FromSeconds(5));
}
