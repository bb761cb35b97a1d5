using WsCore.Connections;
using WsCore.Delivery;

namespace WsCore.Conflation;

/// <summary>Lets only the newest message of a key leave in each interval, in the rooms of one namespace.</summary>
/// <remarks>
/// <para>The first message of a key leaves at once and opens a window of one interval. Later ones replace each other; at the end the newest leaves and opens the next, or
/// the key is forgotten. All windows are equally long, so they end in the order in which they were opened: one list, and one timer, armed for its head.</para>
/// <para>Thread-safe. Lock order: this gate, then a room's gate; never the other way round. A message is enqueued under both, and handed to the other nodes under this one, so
/// that of one key an older one can never overtake a newer one; lanes run after.</para>
/// <para>What leaves here goes to the other nodes with its key and through their conflation, so that of one key at most one leaves in an interval there too, however many
/// nodes publish it.</para>
/// </remarks>
internal sealed class Conflator
{
    private const int WindowsAtOnce = 256; // how many ends are dealt with before publishers get the gate again

    private readonly Lock _gate = new();
    private readonly LinkedList<Window> _open = new();
    private readonly Lanes _lanes;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly long _interval;
    private readonly ITimer _timer;
    private long _replaced;
    private long _early;

    public Conflator(TimeSpan interval, Lanes lanes, TimeProvider time)
    {
        _lanes = lanes;
        _time = time;
        _origin = time.GetTimestamp();
        _interval = (long)interval.TotalMilliseconds;
        _timer = time.CreateTimer(static conflator => ((Conflator)conflator!).Tick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Messages that a newer one of their key has replaced; a reading.</summary>
    public long Replaced => Volatile.Read(ref _replaced);

    /// <summary>Messages that left before their time, because a room had too many keys; a reading.</summary>
    public long Early => Volatile.Read(ref _early);

    /// <summary>Windows that are open in all rooms.</summary>
    public int Open
    {
        get
        {
            lock (_gate)
            {
                return _open.Count;
            }
        }
    }

    private long Now => (long)Math.Round(_time.GetElapsedTime(_origin).TotalMilliseconds); // rounded, because a clock may say a tick less than was waited for

    public void Publish(RoomConflation room, ReadOnlySpan<byte> key, in Conflated message, Connection? sender)
    {
        ulong owned = 0;
        lock (_gate)
        {
            if (room.HasEnded)
            {
                PublishElsewhere(room, message, key.IsEmpty ? SenderKey.Of(sender) : key.ToArray());
                return;
            }

            if (room.Find(key, sender) is { } open)
            {
                _replaced += open.Waiting is null ? 0 : 1;
                open.Waiting = message;
                return;
            }

            if (room.Count >= RoomConflation.MaxKeys)
            {
                owned = LetGo(room);
            }

            var window = room.Open(key, sender);
            owned |= Leave(window, message);
            Append(window, Now);
        }

        if (message.IsForeign)
        {
            _lanes.Continue(owned);
        }
        else
        {
            _lanes.Run(owned);
        }
    }

    public void End(RoomConflation room)
    {
        lock (_gate)
        {
            room.HasEnded = true;
            foreach (var window in room.Windows)
            {
                if (window.Waiting is { } waiting)
                {
                    PublishElsewhere(room, waiting, BusKey(window));
                }
            }

            Forget(room);
        }
    }

    private void Tick()
    {
        bool more;
        do
        {
            ulong owned = 0;
            lock (_gate)
            {
                var now = Now;
                more = IsDue(now);
                for (var i = 0; i < WindowsAtOnce && IsDue(now); i++)
                {
                    owned |= Finish(_open.First!.Value, now);
                }

                if (!more && _open.First is { } next)
                {
                    Arm(next.Value.End - now);
                }
            }

            _lanes.Run(owned);
        }
        while (more);
    }

    private bool IsDue(long now) => _open.First is { } first && first.Value.End <= now;

    /// <summary>A window has ended: what waits leaves and opens the next, or the key is forgotten.</summary>
    private ulong Finish(Window window, long now)
    {
        _open.Remove(window.Place!);
        if (window.Waiting is not { } waiting)
        {
            window.Room.Close(window);
            return 0;
        }

        var owned = Leave(window, waiting);
        window.Waiting = null;
        Append(window, now);
        return owned;
    }

    private static ulong Leave(Window window, in Conflated message)
    {
        var room = window.Room;
        var owned = room.Room.Enqueue(message.Frame, message.Except);
        if (room.Room.IsElsewhere)
        {
            PublishElsewhere(room, message, BusKey(window));
        }

        return owned;
    }

    // Never blocks; see IBackplane.
    private static void PublishElsewhere(RoomConflation room, in Conflated message, byte[] key)
    {
        if (!message.IsForeign)
        {
            room.Room.PublishElsewhere(message.Frame, key);
        }
    }

    private static byte[] BusKey(Window window) => window.Key ?? SenderKey.Of(window.Sender);

    /// <summary>The room has too many keys: all that waits leaves, and every key is forgotten.</summary>
    private ulong LetGo(RoomConflation room)
    {
        ulong owned = 0;
        foreach (var window in room.Windows)
        {
            if (window.Waiting is { } waiting)
            {
                owned |= Leave(window, waiting);
                _early++;
            }
        }

        Forget(room);
        return owned;
    }

    private void Forget(RoomConflation room)
    {
        foreach (var window in room.Windows)
        {
            _open.Remove(window.Place!);
        }

        room.Clear();
    }

    private void Append(Window window, long now)
    {
        window.End = now + _interval;
        if (window.Place is { } place)
        {
            _open.AddLast(place);
        }
        else
        {
            window.Place = _open.AddLast(window);
        }

        if (_open.Count == 1)
        {
            Arm(_interval);
        }
    }

    private void Arm(long wait) => _timer.Change(TimeSpan.FromMilliseconds(Math.Max(1, wait)), Timeout.InfiniteTimeSpan);
}
