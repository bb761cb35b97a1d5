using System.Runtime.InteropServices;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Framing;

namespace WsCore.Heartbeat;

/// <summary>Looks once a second at the connections of which a time-out may be over: who is silent, whose message does not end, who does not finish closing.</summary>
/// <remarks>
/// One timer for all. Each look at a connection says when the next must be, at the earliest of its time-outs (<see cref="WatchList"/>). A close that begins asks for one. A message
/// that begins does not, for that would be work for each message: nobody is left alone for longer than a message may take, so one that begins after a look is seen before it
/// is overdue. A sweep reads single words of the connections, posts to their lanes, and waits for nothing. It runs on one thread at a time: a tick that
/// finds the last one still at work is left out.
/// </remarks>
internal sealed class HeartbeatSweeper(
    ConnectionRegistry connections, Lingering lingering, SweepClock clock, SweepTimeouts timeouts) : ITicked
{
    /// <summary>Time between sweeps, and so the precision of every time-out here.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // A process that was stopped for a while must read what has come meanwhile before it calls anybody silent.
    private static readonly long Late = 5 * (long)Period.TotalMilliseconds;

    // An array of this many outboxes is one item of a lane's inbox, and small enough for the heap of small objects.
    private const int MostPingsAtOnce = 4096;

    private static readonly Frame Ping = Frame.FromWire(FrameWriter.Control(Opcode.Ping, []));

    private readonly List<Connection> _due = [];
    private readonly List<long> _next = [];
    private readonly Dictionary<Lane, List<Outbox>> _pings = [];
    private List<Exception>? _failures;
    private long _last;
    private long _awake;
    private int _sweeping;

    /// <summary>Connections that took too long to close; a reading.</summary>
    public long Cut { get; private set; }

    /// <summary>Connections that the last sweep looked at.</summary>
    public int Looked { get; private set; }

    void ITicked.Tick() => Sweep();

    /// <summary>Sweeps once.</summary>
    /// <exception cref="AggregateException">Connections at which it failed; the others were looked at all the same.</exception>
    public void Sweep()
    {
        if (Interlocked.Exchange(ref _sweeping, 1) != 0)
        {
            return;
        }

        try
        {
            var now = clock.Advance();
            if (_last != 0 && now - _last >= Late)
            {
                _awake = now;
            }

            _last = now;
            SweepDue(now);
            lingering.Cut(now - timeouts.Close);
            if (_failures is { } failures)
            {
                _failures = null;
                throw new AggregateException(failures);
            }
        }
        finally
        {
            Volatile.Write(ref _sweeping, 0);
        }
    }

    private void SweepDue(long now)
    {
        connections.Watch.TakeDue(now, _due);
        foreach (var connection in _due)
        {
            try
            {
                _next.Add(Look(connection, now));
            }
            catch (Exception exception)
            {
                _next.Add(now); // the next sweep tries again
                (_failures ??= []).Add(exception);
            }
        }

        connections.Watch.PutBack(_due, CollectionsMarshal.AsSpan(_next));
        foreach (var (lane, outboxes) in _pings)
        {
            SendPings(lane, outboxes);
        }

        Looked = _due.Count;
        _due.Clear(); // no connection is kept alive until the next sweep
        _next.Clear();
    }

    /// <summary>Does what is due; returns when to look again.</summary>
    private long Look(Connection connection, long now)
    {
        if (connection.IsClosing)
        {
            var patience = connection.CloseCode == CloseCodes.SlowReader ? timeouts.Stall : timeouts.Close;
            var end = connection.ClosingSince + patience;
            if (now < end)
            {
                return end;
            }

            Cut += connection.IsCut ? 0 : 1;
            connection.IsCut = true;
            connection.Abort();
            return now; // until it is gone
        }

        var newMessage = now + timeouts.Message;
        if (connection.IsBusy)
        {
            return Math.Min(now + timeouts.Interval, newMessage); // signs of life may wait in the transport, unread; one that is gone tells by itself
        }

        var began = connection.MessageBegan;
        var message = began == 0 ? newMessage : began + timeouts.Message;
        if (message <= now)
        {
            connection.Close(CloseCodes.PolicyViolation, $"A message must end within {timeouts.Message / 1000} s.");
            return now;
        }

        return Math.Min(message, LookForLife(connection, now));
    }

    private long LookForLife(Connection connection, long now)
    {
        var received = connection.LastReceived;
        if (connection.Pinged != 0 && received < connection.Pinged)
        {
            var end = Math.Max(connection.Pinged, _awake) + timeouts.Silence;
            if (end <= now)
            {
                connection.Close(CloseCodes.HeartbeatLost, "No sign of life.");
            }

            return end;
        }

        connection.Pinged = 0;
        if (now - received < timeouts.Interval)
        {
            return received + timeouts.Interval;
        }

        connection.Pinged = now;
        var lane = connection.Outbox.Lane;
        if (!_pings.TryGetValue(lane, out var outboxes))
        {
            _pings.Add(lane, outboxes = []);
        }

        outboxes.Add(connection.Outbox);
        if (outboxes.Count == MostPingsAtOnce)
        {
            SendPings(lane, outboxes);
        }

        return now + (long)Period.TotalMilliseconds; // the pong of one that lives is here by then, and the next look is after the interval
    }

    private void SendPings(Lane lane, List<Outbox> outboxes)
    {
        if (outboxes.Count == 0)
        {
            return;
        }

        var all = outboxes.ToArray();
        outboxes.Clear();
        try
        {
            lane.Post(LaneItem.DeliverEach(all, Ping));
        }
        catch (Exception exception)
        {
            (_failures ??= []).Add(exception);
        }
    }
}
