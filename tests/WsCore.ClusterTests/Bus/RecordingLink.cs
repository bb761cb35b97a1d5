using System.Collections.Concurrent;
using WsCore.Redis.Bus;
using WsCore.Redis.Link;

namespace WsCore.ClusterTests.Bus;

/// <summary>A link that leads nowhere and remembers what it was given.</summary>
internal sealed class RecordingLink : IRedisLink
{
    public bool IsUp { get; set; } = true;

    /// <summary>Its connection has failed a moment ago.</summary>
    public bool IsBroken { get; set; }

    public bool TakesCalls => IsUp && !IsBroken;

    public bool HasRoom { get; set; } = true;

    /// <summary>What was published, in order.</summary>
    public ConcurrentQueue<(Topic Topic, byte[] Envelope)> Published { get; } = new();

    /// <summary>How often each channel is wanted.</summary>
    public ConcurrentDictionary<Topic, int> Open { get; } = new();

    /// <summary>What becomes of a script.</summary>
    public Func<LuaScript, ValueTask<Reply>> Run { get; set; } = _ => throw new NotSupportedException();

    public Dictionary<BusKind, Func<Topic, BusEnvelope, ValueTask>> Handlers { get; } = [];

    public ValueTask<Reply> RunAsync(LuaScript script, byte[][] keys, params Argument[] arguments) => Run(script);

    public ValueTask OpenAsync(Topic topic)
    {
        Open.AddOrUpdate(topic, 1, static (_, count) => count + 1);
        return default;
    }

    public void Close(Topic topic) => Open.AddOrUpdate(topic, -1, static (_, count) => count - 1);

    public bool TryPublish(Topic topic, byte[] envelope)
    {
        if (HasRoom)
        {
            Published.Enqueue((topic, envelope));
        }

        return HasRoom;
    }

    public void On(BusKind kind, Func<Topic, BusEnvelope, ValueTask> handler) => Handlers[kind] = handler;

    public void OnRestored(Action restored)
    {
    }

    public void Start()
    {
    }
}
