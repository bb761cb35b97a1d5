using WsCore.Redis.Bus;
using WsCore.Redis.Link;

namespace WsCore.ClusterTests.Once;

/// <summary>A link on which a test may come between a script and whoever runs it.</summary>
internal sealed class ScriptedLink(IRedisLink inner) : IRedisLink
{
    /// <summary>Runs the script of a name, or does not; null: it is run.</summary>
    public Func<string, Func<ValueTask<Reply>>, ValueTask<Reply>>? Instead { get; set; }

    public bool IsUp => inner.IsUp;

    public bool HasRoom => inner.HasRoom;

    public ValueTask<Reply> RunAsync(LuaScript script, byte[][] keys, params Argument[] arguments) =>
        Instead is { } instead ? instead(script.Name, () => inner.RunAsync(script, keys, arguments)) : inner.RunAsync(script, keys, arguments);

    public ValueTask OpenAsync(Topic topic) => inner.OpenAsync(topic);

    public void Close(Topic topic) => inner.Close(topic);

    public bool TryPublish(Topic topic, byte[] envelope) => inner.TryPublish(topic, envelope);

    public void On(BusKind kind, Func<Topic, BusEnvelope, ValueTask> handler) => inner.On(kind, handler);

    public void OnRestored(Action restored) => inner.OnRestored(restored);

    public void Start() => inner.Start();
}
