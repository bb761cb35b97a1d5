using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Backplane;
using WsCore.Delivery;
using WsCore.Hosting;
using WsCore.Redis.Bus;
using WsCore.Redis.Hosting;
using WsCore.Redis.Keys;
using WsCore.Redis.Link;
using WsCore.TestKit.Hosting;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Bus;

/// <summary>A node as AddRedis makes it, with a real Redis; but that the test says which nodes live. The bus lives by the real clock, the rest by a manual one.</summary>
internal sealed class BusNode : IAsyncDisposable
{
    private BusNode(string connection, string id, Action<RedisOptions>? redis, Action<WsCoreOptions>? options)
    {
        Test = new TestNode(
            settings =>
            {
                settings.Node = id;
                options?.Invoke(settings);
            },
            builder =>
            {
                builder.AddRedis(settings =>
                {
                    settings.Connection = connection;
                    redis?.Invoke(settings);
                });
                builder.Services.Replace(ServiceDescriptor.Singleton(new NodeId(id)));
                builder.Services.Replace(ServiceDescriptor.Singleton(services => new RedisLink(
                    services.GetRequiredService<Microsoft.Extensions.Options.IOptions<RedisOptions>>().Value, id, TimeProvider.System,
                    services.GetRequiredService<IMeterFactory>(), NullLogger<RedisLink>.Instance)));
                builder.Services.Replace(ServiceDescriptor.Singleton(services => new NodeCalls(
                    services.GetRequiredService<IRedisLink>(), services.GetRequiredService<BusCodec>(), services.GetRequiredService<RedisKeys>(), new NodeId(id), TimeProvider.System)));
                builder.Services.Replace(ServiceDescriptor.Singleton<IBackplane>(services => new RedisBackplane(
                    services.GetRequiredService<IRedisLink>(), services.GetRequiredService<BusCodec>(), services.GetRequiredService<RedisKeys>(),
                    services.GetRequiredService<NodeCalls>(), () => new([.. Living.Select(node => new NodeInfo(node, node, "", 0, default, default))]))));
            },
            lanes: 2,
            scheduler: new PoolScheduler(NullLogger<PoolScheduler>.Instance),
            prefix: id);
        Link = Test.Get<RedisLink>();
        Link.Start();
    }

    public TestNode Test { get; }

    public RedisLink Link { get; }

    public IWsCore Application => Test.Application;

    public RedisBackplane Backplane => (RedisBackplane)Test.Node.Stores.Backplane;

    /// <summary>Ids of the nodes that count as living.</summary>
    public IReadOnlyList<string> Living { get; set; } = ["a", "b", "c"];

    /// <summary>Starts it and does not wait.</summary>
    public static BusNode Start(string connection, string id, Action<RedisOptions>? redis = null, Action<WsCoreOptions>? options = null) => new(connection, id, redis, options);

    /// <summary>Starts it and waits until it is up.</summary>
    public static async Task<BusNode> UpAsync(string connection, string id, Action<RedisOptions>? redis = null, Action<WsCoreOptions>? options = null)
    {
        var node = Start(connection, id, redis, options);
        await Eventually.Is(() => node.Link.IsUp, "the link is up");
        return node;
    }

    /// <summary>A connection in these rooms, and, with a user, in the personal one.</summary>
    public async Task<TestConnection> ConnectAsync(string? user, params string[] rooms)
    {
        var client = Test.Connect(user);
        foreach (var room in user is null ? rooms : [$"user:{user}", .. rooms])
        {
            await Test.Rooms.JoinAsync(client.Connection, System.Text.Encoding.UTF8.GetBytes(room)).AsTask().WithTimeout();
        }

        return client;
    }

    public ValueTask DisposeAsync() => Test.DisposeAsync();
}
