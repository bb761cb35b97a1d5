using System.Diagnostics.Metrics;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging.Abstractions;
using WsCore.Backplane;
using WsCore.Presence;
using WsCore.Redis.Hosting;
using WsCore.Redis.Link;
using WsCore.Redis.Nodes;
using WsCore.Redis.Presence;
using WsCore.Rooms;
using WsCore.TestKit.Presence;
using WsCore.TestKit.Time;

namespace WsCore.ClusterTests.Presence;

/// <summary>One node's directory and presence store on a Redis of the tests. Nothing ticks but when the test says so.</summary>
internal sealed class PresenceNode : IAsyncDisposable
{
    private readonly ServiceProvider _services = new ServiceCollection().AddMetrics().BuildServiceProvider();
    private int _restored;

    private PresenceNode(string connection, string name, TimeSpan grace)
    {
        var time = TimeProvider.System;
        Link = new RedisLink(new RedisOptions { Connection = connection }, name, time, _services.GetRequiredService<IMeterFactory>(), NullLogger<RedisLink>.Instance);
        var options = new PresenceOptions { Grace = grace };
        Nodes = new NodeDirectory(
            Link, Link.Keys, name, options.Lease, () => new NodeInfo(name, $"name of {name}", "1.2", Connections: 7, DateTimeOffset.UnixEpoch, TimeSpan.Zero), NullLogger<NodeDirectory>.Instance);
        var parts = new RedisPresenceParts(Link, Link.Keys, Link.Codec, Nodes, options, time, NullLogger.Instance);
        Store = (RedisPresenceStore)new RedisPresenceStoreFactory(parts).Create(Sink, Connected.Contains);
        Link.OnRestored(() => Interlocked.Increment(ref _restored));
        Link.Start();
    }

    public RedisLink Link { get; }

    public NodeDirectory Nodes { get; }

    public RedisPresenceStore Store { get; }

    public RecordingPresenceSink Sink { get; } = new();

    public HashSet<string> Connected { get; } = [];

    /// <summary>How often the link said that messages may have been lost.</summary>
    public int Restored => Volatile.Read(ref _restored);

    /// <summary>A node that has beaten once.</summary>
    public static async Task<PresenceNode> UpAsync(string connection, string name = "n1", TimeSpan? grace = null)
    {
        var node = Start(connection, name, grace);
        await Eventually.Is(() => node.Link.IsUp && node.Restored > 0, "the link is up");
        await node.Store.TickAsync().WithTimeout();
        return node;
    }

    /// <summary>A node whose Redis need not be there.</summary>
    public static PresenceNode Start(string connection, string name = "n1", TimeSpan? grace = null) => new(connection, name, grace ?? TimeSpan.FromSeconds(5));

    /// <summary>Lets time pass for Redis, as this node's scripts see it, with a tick every second.</summary>
    public async Task PassAsync(TimeSpan time)
    {
        for (var end = Link.Offset + time; Link.Offset < end;)
        {
            Link.Offset = TimeSpan.FromTicks(Math.Min((Link.Offset + TimeSpan.FromSeconds(1)).Ticks, end.Ticks));
            await Store.TickAsync().WithTimeout();
        }
    }

    /// <summary>The same for several, which tick in turn.</summary>
    public static async Task PassAsync(TimeSpan time, params PresenceNode[] nodes)
    {
        for (var passed = TimeSpan.Zero; passed < time; passed += TimeSpan.FromSeconds(1))
        {
            foreach (var node in nodes)
            {
                await node.PassAsync(TimeSpan.FromSeconds(1));
            }
        }
    }

    /// <summary>This is what was told of a room since the last time, once it has come.</summary>
    public async Task Told(RoomName room, params string[] lines)
    {
        try
        {
            await Eventually.Is(() => Sink.Lines(room).Length >= lines.Length, timeout: TimeSpan.FromSeconds(5));
        }
        catch (TimeoutException)
        {
            // what there is says more
        }

        Assert.Equal(lines, Sink.Take(room));
    }

    public async ValueTask DisposeAsync()
    {
        await Link.DisposeAsync();
        await _services.DisposeAsync();
    }
}
