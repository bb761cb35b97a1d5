using WsCore.Delivery;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.History;

/// <summary>One life of a room's counter, and the messages that are kept of it.</summary>
/// <remarks>
/// Thread-safe: one lock, under which numbers are given and delivered, so that both have one order; the room's gate is taken under it, never the other way round.
/// A log that was forgotten does nothing any more, and the methods that begin with Try tell so: their caller goes on with the log that the store has by then. The
/// epoch is asked for when the log is first used, not when it is made: only then is it known to be the store's, and the end of the life before it to have been noted.
/// </remarks>
internal sealed class RoomLog
{
    /// <summary>What a log takes without messages and name: itself and its ring (250), the name's object and heads (150), the dictionary's node (64), rounded
    /// up.</summary>
    public const int Overhead = 512;

    private readonly Lock _gate = new();
    private readonly FrameRing _ring = new();
    private readonly EpochTable _epochs;
    private readonly HistoryAccount _account;
    private readonly TimeProvider _time;
    private readonly Action<RoomLog> _onForgotten;
    private HistoryRules? _rules;
    private IHistorySink? _sink;
    private string? _epoch;
    private long _last;
    private long _touched;
    private bool _forgotten;

    /// <param name="room">Whose it is.</param>
    /// <param name="epochs">Where its epoch comes from.</param>
    /// <param name="account">Is told what the log takes, from now until it is forgotten.</param>
    /// <param name="time">What its moments are timestamps of.</param>
    /// <param name="onForgotten">Makes room for the next log of this room; called once, under this one's lock.</param>
    public RoomLog(RoomName room, EpochTable epochs, HistoryAccount account, TimeProvider time, Action<RoomLog> onForgotten)
    {
        Room = room;
        _epochs = epochs;
        _account = account;
        _time = time;
        _onForgotten = onForgotten;
        _touched = time.GetTimestamp();
        account.Add(Size);
    }

    public RoomName Room { get; }

    /// <summary>The moment of the last append, attachment or detachment.</summary>
    public long Touched => Volatile.Read(ref _touched);

    private int Size => Overhead + Room.Json.Length;

    private string Epoch => _epoch ??= _epochs.Current(Room);

    private long First => _last - _ring.Count + 1;

    public bool TryAttach(HistoryRules rules, IHistorySink sink, out Position position)
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            if (_forgotten)
            {
                position = default;
                return false;
            }

            position = new Position(Epoch, _last);
            _sink = sink;
            Touch(rules, now);
            return true;
        }
    }

    /// <summary>Takes the sink away, if it is this one. A log that never had a message is forgotten with it, so that joining room after room leaves nothing.</summary>
    public void Detach(IHistorySink sink)
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            if (!ReferenceEquals(_sink, sink))
            {
                return;
            }

            _sink = null;
            Volatile.Write(ref _touched, Math.Max(_touched, now));
        }

        Forget(evenIfRecent: false, out _);
    }

    public bool TryAppend(HistoryRules rules, Draft draft, out Position position)
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            if (_forgotten)
            {
                position = default;
                return false;
            }

            position = new Position(Epoch, _last + 1);
            var frame = draft.Number(position.Epoch, position.Seq); // may throw: nothing has changed yet
            _last = position.Seq;
            Touch(rules, now);
            _ring.Add(frame, now);
            _account.Add(FrameRing.SizeOf(frame));
            Trim(rules, now);
            _sink?.Deliver(position.Epoch, position.Seq, frame, draft);
            return true;
        }
    }

    public bool TryRead(HistoryRules rules, Position? since, int maxMessages, int maxBytes, out HistoryPage page)
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            if (_forgotten)
            {
                page = default;
                return false;
            }

            _rules = rules;
            Trim(rules, now);
            var whole = since is not { } asked || (asked.Epoch == Epoch && asked.Seq >= First - 1 && asked.Seq <= _last);
            var from = whole && since is { } after ? after.Seq + 1 : First;
            var frames = Copy((int)(from - First), maxMessages, maxBytes);
            page = new HistoryPage(whole, Epoch, from, from + frames.Length - 1, _last, frames);
            return true;
        }
    }

    /// <summary>Drops what is too old.</summary>
    public void DropExpired()
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            if (_rules is { } rules)
            {
                Trim(rules, now);
            }
        }
    }

    /// <summary>Drops messages, oldest first, until so many bytes are free or none is left.</summary>
    /// <returns>How many messages.</returns>
    public int DropOldest(long bytes)
    {
        lock (_gate)
        {
            var (count, enough) = (_ring.Count, _ring.Bytes - bytes);
            while (_ring.Count > 0 && _ring.Bytes > enough)
            {
                RemoveOldest();
            }

            return count - _ring.Count;
        }
    }

    /// <summary>Ends this life of the counter, where nobody is attached and it has no use: nothing happened for as long as its messages are kept, or it never had any.</summary>
    /// <param name="evenIfRecent">Also where something happened since.</param>
    /// <param name="messages">How many were kept.</param>
    /// <returns>Whether it has ended by this call.</returns>
    public bool Forget(bool evenIfRecent, out int messages)
    {
        var now = _time.GetTimestamp();
        lock (_gate)
        {
            messages = _ring.Count;
            if (_forgotten || _sink is not null || !(evenIfRecent || _last == 0 || IsSilent(now)))
            {
                return false;
            }

            _forgotten = true;
            if (_last > 0)
            {
                _epochs.Advance(Room); // before another log can take this one's place
            }

            _account.Add(-Size - _ring.Bytes);
            _ring.Clear();
            _onForgotten(this);
            return true;
        }
    }

    private bool IsSilent(long now) => _rules is null || _time.GetElapsedTime(_touched, now) >= _rules.Ttl;

    private void Touch(HistoryRules rules, long now)
    {
        _rules = rules;
        Volatile.Write(ref _touched, Math.Max(_touched, now)); // two threads may have read the clock in the other order
    }

    private void Trim(HistoryRules rules, long now)
    {
        while (_ring.Count > 0
            && (_ring.Count > rules.Size || _ring.Bytes > rules.MaxBytes || _time.GetElapsedTime(_ring.OldestAt, now) >= rules.Ttl))
        {
            RemoveOldest();
        }
    }

    private void RemoveOldest()
    {
        var before = _ring.Bytes;
        _ring.RemoveOldest();
        _account.Add(_ring.Bytes - before);
    }

    private Frame[] Copy(int skip, int maxMessages, int maxBytes)
    {
        var most = Math.Min(maxMessages, _ring.Count - skip);
        var count = 0;
        for (long bytes = 0; count < most; count++)
        {
            bytes += _ring[skip + count].Length;
            if (bytes > maxBytes && count > 0)
            {
                break;
            }
        }

        var frames = count == 0 ? [] : new Frame[count];
        for (var i = 0; i < frames.Length; i++)
        {
            frames[i] = _ring[skip + i];
        }

        return frames;
    }
}
