using WsCore.History;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.TestKit.History;

/// <summary>A store before which each request does what the test says: waits, fails, or lets something else happen first.</summary>
internal sealed class ScriptedHistoryStore(IHistoryStore inner) : IHistoryStore
{
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
        return await inner.AttachAsync(room, rules, sink);
    }

    public void Detach(RoomName room, IHistorySink sink) => inner.Detach(room, sink);

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
