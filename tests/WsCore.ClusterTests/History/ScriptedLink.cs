using WsCore.Backplane;
using WsCore.Redis.Bus;
using WsCore.Redis.Link;

namespace WsCore.ClusterTests.History;

/// <summary>A link that loses what the test says: messages on their way here, or the answers to scripts.</summary>
internal sealed class ScriptedLink(IRedisLink inner) : IRedisLink
{
    private readonly List<Action> _restored = [];

    /// <summary>Whether a message that arrives is lost.</summary>
    public Func<BusEnvelope, bool> Loses { get; set; } = static _ => false;

    /// <summary>Whether a script's answer is lost, although it was run.</summary>
    public Func<LuaScript, bool> LosesAnswer { get; set; } = static _ => false;

    /// <summary>Awaited before a script is run.</summary>
    public Func<LuaScript, Task> Before { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Awaited before a script's answer is told.</summary>
    public Func<LuaScript, Task> After { get; set; } = static _ => Task.CompletedTask;

    /// <summary>Scripts that were run, by their names.</summary>
    public System.Collections.Concurrent.ConcurrentQueue<string> Run { get; } = new();

    public bool IsUp => inner.IsUp;

    public bool HasRoom => inner.HasRoom;

    public async ValueTask<Reply> RunAsync(LuaScript script, byte[][] keys, params Argument[] arguments)
    {
        await Before(script);
        Run.Enqueue(script.Name);
        var reply = await inner.RunAsync(script, keys, arguments);
        await After(script);
        return LosesAnswer(script) ? throw new UnavailableException("on purpose") : reply;
    }

    public ValueTask OpenAsync(Topic topic) => inner.OpenAsync(topic);

    public void Close(Topic topic) => inner.Close(topic);

    public bool TryPublish(Topic topic, byte[] envelope) => inner.TryPublish(topic, envelope);

    public void On(BusKind kind, Func<Topic, BusEnvelope, ValueTask> handler) =>
        inner.On(kind, (topic, envelope) => Loses(envelope) ? default : handler(topic, envelope));

    public void OnRestored(Action restored)
    {
        _restored.Add(restored);
        inner.OnRestored(restored);
    }

    public void Restored() => _restored.ForEach(static restored => restored());

    public void Start() => inner.Start();
}
