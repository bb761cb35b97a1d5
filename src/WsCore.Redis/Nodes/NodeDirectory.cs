using System.Diagnostics.Metrics;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using WsCore.Backplane;
using WsCore.Heartbeat;
using WsCore.Redis.Keys;
using WsCore.Redis.Link;

namespace WsCore.Redis.Nodes;

/// <summary>Which nodes live: this one says so every second, and whoever does not for the time of its lease is dead.</summary>
/// <remarks>
/// Thread-safe. Redis' clock decides. A dead node is given to one of the living at a time, for <see cref="Claim"/>: if that one dies too, another goes on. A node
/// that had been taken for dead, or that Redis has forgotten, is told so (<see cref="Forgotten"/>): nothing that it wrote can be counted on. No call waits in a queue: a beat that is late
/// is left out.
/// </remarks>
internal sealed partial class NodeDirectory(IRedisLink link, RedisKeys keys, string id, TimeSpan lease, Func<NodeInfo> describe, ILogger<NodeDirectory> logger) : ITicked
{
    /// <summary>For how long nobody else reaps a node that one has begun to.</summary>
    public static readonly TimeSpan Claim = TimeSpan.FromSeconds(5);

    /// <summary>How long a node whose lease ended while Redis was away may take to say that it lives.</summary>
    public static readonly TimeSpan Doubt = TimeSpan.FromSeconds(3);

    private static readonly LuaScript BeatScript = LuaScript.Load("beat");
    private static readonly LuaScript NodesScript = LuaScript.Load("nodes");
    private static readonly LuaScript DepartScript = LuaScript.Load("depart");

    private readonly OneAtATime _beat = new();
    private long _living;
    private volatile bool _departed;

    /// <summary>Of this node.</summary>
    public string Id { get; } = id;

    /// <summary>Nodes that lived at the last beat.</summary>
    public long Living => Volatile.Read(ref _living);

    /// <summary>This node has said that it goes: what becomes of its members is for the others to say.</summary>
    public bool HasDeparted => _departed;

    /// <summary>Called after a beat that Redis did not expect: the first one, and where the lease was over or Redis knows nothing of this node any more. Not under a lock; must not throw. Set before the first tick.</summary>
    public Action? Forgotten { get; set; }

    /// <summary>Called with a dead node whose members are to be taken out; may be called again with the same. Not under a lock; must not throw. Set before the first tick.</summary>
    public Action<string>? Died { get; set; }

    public void Register(Meter meter) =>
        meter.CreateObservableUpDownCounter("wscore.nodes", () => Living, "{node}", "Nodes that live, this one included; by its last beat.");

    public void Tick() => _beat.TryStart(BeatAsync);

    /// <summary>The nodes that live now.</summary>
    /// <exception cref="UnavailableException">Redis is away.</exception>
    public async ValueTask<IReadOnlyList<NodeInfo>> ListAsync()
    {
        var reply = await link.RunAsync(NodesScript, [keys.Nodes, keys.NodeInfos]).ConfigureAwait(false);
        return [.. reply.List.Select(Read).OrderBy(node => node.Id, StringComparer.Ordinal)];
    }

    /// <summary>Takes the node out of the list, once its connections are gone; it does not come back. Never fails: what is not done now, the end of the lease does.</summary>
    public async ValueTask DepartAsync()
    {
        _departed = true;
        try
        {
            await _beat.WhenIdleAsync().ConfigureAwait(false);
            await link.RunAsync(DepartScript, [keys.Nodes, keys.NodeInfos, keys.Dead, keys.Users(Id), keys.Attended(Id)], Id).ConfigureAwait(false);
        }
        catch (UnavailableException)
        {
            // the lease ends
        }
        catch (Exception e)
        {
            LogFailed(e);
        }
    }

    /// <summary>One beat, at once; for <see cref="Tick"/> and tests.</summary>
    internal async Task BeatAsync()
    {
        if (_departed || !link.IsUp)
        {
            return;
        }

        try
        {
            var reply = await link.RunAsync(
                BeatScript, [keys.Nodes, keys.NodeInfos, keys.Dead, keys.Users(Id)],
                Id, (long)lease.TotalMilliseconds, Write(describe()), (long)Claim.TotalMilliseconds, (long)(lease * 2).TotalMilliseconds, (long)Doubt.TotalMilliseconds)
                .ConfigureAwait(false);
            Volatile.Write(ref _living, reply[2].Number);
            if (reply[0].Number != 0)
            {
                Forgotten?.Invoke();
            }

            if (!reply[1].IsNull)
            {
                LogDied(reply[1].Text);
                Died?.Invoke(reply[1].Text);
            }
        }
        catch (UnavailableException)
        {
            // the next beat comes in a second; the lease is many of them
        }
        catch (Exception e)
        {
            LogFailed(e);
        }
    }

    private static byte[] Write(NodeInfo node)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteString("name", node.Name);
            writer.WriteString("version", node.Version);
            writer.WriteNumber("connections", node.Connections);
            writer.WriteString("started", node.Started);
            writer.WriteEndObject();
        }

        return buffer.ToArray();
    }

    private static NodeInfo Read(Reply entry)
    {
        using var document = JsonDocument.Parse(entry[2].IsNull ? "{}"u8.ToArray() : entry[2].Bytes);
        var json = document.RootElement;
        string Text(string name) => json.TryGetProperty(name, out var value) ? value.GetString() ?? "" : "";
        return new NodeInfo(
            entry[0].Text, Text("name"), Text("version"), json.TryGetProperty("connections", out var connections) ? connections.GetInt32() : 0,
            json.TryGetProperty("started", out var started) ? started.GetDateTimeOffset() : default, TimeSpan.FromMilliseconds(entry[1].Number));
    }

    [LoggerMessage(EventId = 9503, Level = LogLevel.Error, Message = "The node could not say that it lives, or that it has gone")]
    private partial void LogFailed(Exception exception);

    [LoggerMessage(EventId = 9501, Level = LogLevel.Information, Message = "Node {Dead} was not heard of for the time of its lease; its members leave")]
    private partial void LogDied(string dead);
}
