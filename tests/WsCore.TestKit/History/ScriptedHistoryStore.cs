using System.Collections.Concurrent;
using System.Globalization;
using System.Text;
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

    /// <summary>Awaited before messages get their numbers: once for all that are appended together.</summary>
    public Func<IReadOnlyList<RoomName>, Task>? BeforeAppend { get; set; }

    /// <summary>The claims that appends brought along.</summary>
    public List<OnceCommit> Commits { get; } = [];

    /// <summary>It completes the claims that appends bring, and remembers their answers.</summary>
    public Action<OnceCommit, string>? Completes { get; set; }

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
        return BeforeAppend is null ? inner.AppendAsync(room, rules, draft) : AppendAsync();

        async ValueTask<Position> AppendAsync()
        {
            await BeforeAppend([room]);
            return await inner.AppendAsync(room, rules, draft);
        }
    }

    public async ValueTask<Position[]> AppendAllAsync(IReadOnlyList<Append> all, OnceCommit? once)
    {
        Drafts.AddRange(all.Select(append => new WeakReference(append.Draft)));
        await (BeforeAppend?.Invoke([.. all.Select(append => append.Room)]) ?? Task.CompletedTask);
        var positions = await inner.AppendAllAsync(all, once: null);
        if (once is not null)
        {
            Commits.Add(once);
            if (Completes is { } completes)
            {
                var pieces = once.Answer([.. positions.Select(position => position.Epoch)]);
                var numbers = positions.Select(position => position.Seq.ToString(CultureInfo.InvariantCulture)).Append("");
                completes(once, string.Concat(pieces.Zip(numbers, (piece, number) => Encoding.UTF8.GetString(piece.Span) + (pieces.Length == 1 ? "" : number))));
                once.IsDone = true;
            }
        }

        return positions;
    }

    public async ValueTask<HistoryPage> ReadAsync(RoomName room, HistoryRules rules, Position? since, int maxMessages, int maxBytes)
    {
        Reads.Add(maxBytes);
        await (BeforeRead?.Invoke(room) ?? Task.CompletedTask);
        return await inner.ReadAsync(room, rules, since, maxMessages, maxBytes);
    }
}
