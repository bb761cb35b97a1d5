using System.Collections.Concurrent;
using WsCore.Heartbeat;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.History;

/// <summary>The histories of a node that stands alone, in its memory.</summary>
/// <remarks>
/// Thread-safe; everything completes before it returns. Each room has a <see cref="RoomLog"/> with a lock of its own. A room that nobody is in and nobody published to has none,
/// and costs nothing: its position is the epoch of its bucket in the <see cref="EpochTable"/>, and 0.
/// </remarks>
internal sealed class MemoryHistoryStore : IHistoryStore, ITicked
{
    private static readonly TimeSpan ScanInterval = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<RoomName, RoomLog> _logs = new(RoomNameComparer.Instance);
    private readonly Lock _evicting = new();
    private readonly HistoryAccount _account = new();
    private readonly EpochTable _epochs;
    private readonly TimeProvider _time;
    private readonly long _budget;
    private long _evictAbove;
    private long _scannedAt;
    private int _rooms;

    /// <param name="options">The budget of all rooms together.</param>
    /// <param name="time">How old messages are is measured with its timestamps, so that a clock which is set drops nothing.</param>
    /// <param name="random">Makes epochs; null: the process's generator.</param>
    public MemoryHistoryStore(HistoryOptions options, TimeProvider time, Random? random = null)
    {
        _time = time;
        _epochs = new EpochTable(random ?? Random.Shared);
        _budget = options.MaxBytes;
        _evictAbove = _budget;
        _scannedAt = time.GetTimestamp();
    }

    /// <summary>What all histories take, overheads included.</summary>
    public long Bytes => _account.Bytes;

    /// <summary>Rooms that have a history now, an empty one too.</summary>
    public int Rooms => Volatile.Read(ref _rooms);

    /// <summary>Messages dropped for the budget.</summary>
    public long EvictedMessages => _account.EvictedMessages;

    /// <summary>Rooms forgotten for the budget.</summary>
    public long EvictedRooms => _account.EvictedRooms;

    public ValueTask<Position> AttachAsync(RoomName room, HistoryRules rules, IHistorySink sink)
    {
        Position position;
        while (!GetOrMake(room).TryAttach(rules, sink, out position))
        {
        }

        KeepBudget();
        return ValueTask.FromResult(position);
    }

    public void Detach(RoomName room, IHistorySink sink)
    {
        if (_logs.TryGetValue(room, out var log))
        {
            log.Detach(sink);
        }
    }

    public ValueTask<Position> AppendAsync(RoomName room, HistoryRules rules, Draft draft)
    {
        Position position;
        while (!GetOrMake(room).TryAppend(rules, draft, out position))
        {
        }

        KeepBudget();
        return ValueTask.FromResult(position);
    }

    public ValueTask<HistoryPage> ReadAsync(RoomName room, HistoryRules rules, Position? since, int maxMessages, int maxBytes)
    {
        while (_logs.TryGetValue(room, out var log))
        {
            if (log.TryRead(rules, since, maxMessages, maxBytes, out var page))
            {
                return ValueTask.FromResult(page);
            }
        }

        var epoch = _epochs.Current(room);
        var whole = since is not { } asked || asked == new Position(epoch, 0);
        return ValueTask.FromResult(new HistoryPage(whole, epoch, From: 1, To: 0, Last: 0, []));
    }

    /// <summary>Every 10 s all logs are looked at: those that nobody would miss are forgotten, and the others lose what is too old without anybody asking for it.</summary>
    public void Tick()
    {
        if (_time.GetElapsedTime(_scannedAt) >= ScanInterval)
        {
            _scannedAt = _time.GetTimestamp();
            foreach (var (_, log) in _logs)
            {
                if (!log.Forget(evenIfRecent: false, out _))
                {
                    log.DropExpired();
                }
            }

            if (Bytes > _budget && _evicting.TryEnter()) // somebody who is at it already does it for the tick too
            {
                try
                {
                    Evict();
                }
                finally
                {
                    _evicting.Exit();
                }
            }
        }
    }

    // Whoever has made it too much waits while others make room: the budget is exceeded by one message of each thread at most.
    private void KeepBudget()
    {
        if (Bytes <= Volatile.Read(ref _evictAbove))
        {
            return;
        }

        lock (_evicting)
        {
            if (Bytes > _evictAbove)
            {
                Evict();
            }
        }
    }

    // Looks at all logs and sorts them, which is worth it because it frees a tenth of the budget at once. Where it cannot, because people are in all the rooms and no message is left, the
    // next try waits for another tenth, or for the next look at all of them.
    private void Evict()
    {
        var target = _budget - (_budget / 10);
        var logs = new List<(long Touched, RoomLog Log)>(Rooms);
        foreach (var (_, log) in _logs)
        {
            logs.Add((log.Touched, log));
        }

        logs.Sort(static (a, b) => a.Touched.CompareTo(b.Touched));
        foreach (var (_, log) in logs)
        {
            if (Bytes <= target)
            {
                break;
            }

            if (!EvictWholly(log, evenIfRecent: false))
            {
                _account.Evicted(log.DropOldest(Bytes - target), rooms: 0);
            }
        }

        foreach (var (_, log) in logs)
        {
            if (Bytes <= target)
            {
                break;
            }

            EvictWholly(log, evenIfRecent: true);
        }

        Volatile.Write(ref _evictAbove, Math.Max(_budget, Bytes + (_budget / 10)));
    }

    private bool EvictWholly(RoomLog log, bool evenIfRecent)
    {
        var forgotten = log.Forget(evenIfRecent, out var messages);
        if (forgotten)
        {
            _account.Evicted(messages, rooms: 1);
        }

        return forgotten;
    }

    private RoomLog GetOrMake(RoomName room)
    {
        while (true)
        {
            if (_logs.TryGetValue(room, out var existing))
            {
                return existing;
            }

            var made = new RoomLog(room, _epochs, _account, _time, Remove);
            Interlocked.Increment(ref _rooms); // before somebody can forget it
            if (_logs.TryAdd(room, made))
            {
                return made;
            }

            made.Forget(evenIfRecent: true, out _); // another was faster
        }
    }

    // Called once for each log, under its lock; takes this very log out, not another of its room.
    private void Remove(RoomLog log)
    {
        _logs.TryRemove(new KeyValuePair<RoomName, RoomLog>(log.Room, log));
        Interlocked.Decrement(ref _rooms);
    }
}
