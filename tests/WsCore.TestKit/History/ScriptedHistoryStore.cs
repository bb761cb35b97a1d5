using System.Collections.Concurrent;
using WsCore.History;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.TestKit.History;

/// <summary>A store before which each request does what the test says: waits, fails, or lets something else happen first.</summary>
internal sealed class ScriptedHistoryStore(IHistoryStore inner) : IHistoryStore
{
    private readonly ConcurrentDictionary<IHistorySink, LateSink> _late = [];

    /// <summary>Awaited before a sink is attached.</summary>
    public Func<RoomName, Task>? BeforeAttach { get; set; }

    /// <summary>Awaited before a page is read.</summary>
    public Func<RoomName, Task>? BeforeRead { get; set; }

    /// <summary>What was appended, as long as somebody else keeps it.</summary>
    public List<WeakReference> Drafts { get; } = [];

    /// <summary>Bytes that each read asked for.</summary>
    public List<int> Reads { get; } = [];

    public async ValueTask<Position> AttachAsync(RoomName room, HistoryRules rules, IHistorySink sink)
    {
        await (BeforeAttach?.Invoke(room) ?? Task.CompletedTask);
        return await inner.AttachAsync(room, rules, _late.GetOrAdd(sink, static sink => new LateSink(sink)));
    }

    public void Detach(RoomName room, IHistorySink sink) => inner.Detach(room, _late.GetOrAdd(sink, static sink => new LateSink(sink)));

    /// <summary>From now on sinks get nothing, until <see cref="Release"/>: as where the messages of other nodes are on their way.</summary>
    public void Hold() => _late.Values.ToList().ForEach(static sink => sink.Hold());

    public void Release() => _late.Values.ToList().ForEach(static sink => sink.Release());

    public ValueTask<Position> AppendAsync(RoomName room, HistoryRules rules, Draft draft)
    {
        Drafts.Add(new WeakReference(draft));
        return inner.AppendAsync(room, rules, draft);
    }

    public async ValueTask<HistoryPage> ReadAsync(RoomName room, HistoryRules rules, Position? since, int maxMessages, int maxBytes)
    {
        Reads.Add(maxBytes);
        await (BeforeRead?.Invoke(room) ?? Task.CompletedTask);
        return await inner.ReadAsync(room, rules, since, maxMessages, maxBytes);
    }
}
