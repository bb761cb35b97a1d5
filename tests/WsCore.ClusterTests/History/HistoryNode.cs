using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Redis.Hosting;
using WsCore.Redis.History;
using WsCore.Redis.Link;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.History;

/// <summary>The part of a node that keeps histories: a link and a store. Disposing stops it.</summary>
internal sealed class HistoryNode : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();

    private HistoryNode(string connection, string prefix, string node, Func<RedisLink, IRedisLink>? through, TimeProvider? time)
    {
        var meters = _services.GetRequiredService<IMeterFactory>();
        Link = new RedisLink(new RedisOptions { Connection = connection, Prefix = prefix }, node, TimeProvider.System, meters, NullLogger<RedisLink>.Instance);
        var link = through?.Invoke(Link) ?? Link;
        Metrics = new HistoryMetrics(meters);
        var scripts = new HistoryScripts(link, Link.Keys, Link.Codec, new HistorySettings(node, TimeSpan.FromMinutes(5)), Metrics);
        Store = new RedisHistoryStore(link, scripts, Metrics, time ?? TimeProvider.System, NullLogger<RedisHistoryStore>.Instance);
    }

    public RedisLink Link { get; }

    public HistoryMetrics Metrics { get; }

    public RedisHistoryStore Store { get; }

    public IServiceProvider Services => _services;

    /// <summary>Starts one and waits until it is up.</summary>
    /// <param name="connection">Which Redis.</param>
    /// <param name="prefix">Of its keys.</param>
    /// <param name="node">Its id.</param>
    /// <param name="through">Puts something between the store and its link.</param>
    /// <param name="time">The store's; null: the system's.</param>
    public static async Task<HistoryNode> StartAsync(
        string connection, string prefix, string node = "n1", Func<RedisLink, IRedisLink>? through = null, TimeProvider? time = null)
    {
        var made = new HistoryNode(connection, prefix, node, through, time);
        made.Link.Start();
        await Eventually.Is(() => made.Link.IsUp, "the link is up");
        return made;
    }

    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        await _services.DisposeAsync();
    }
}
