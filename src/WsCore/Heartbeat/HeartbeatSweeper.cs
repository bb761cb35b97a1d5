using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Framing;

namespace WsCore.Heartbeat;

/// <summary>Looks at every connection once a second: who is silent, whose message does not end, who does not finish closing.</summary>
/// <remarks>
/// One timer for all. A sweep reads single words of each connection and posts to its lane; it takes no lock and waits for nothing. It runs on one thread at a
/// time: a tick that finds the last one still at work is left out.
/// </remarks>
internal sealed class HeartbeatSweeper(
    ConnectionRegistry connections, Lingering lingering, SweepClock clock, SweepTimeouts timeouts) : ITicked
{
    /// <summary>Time between sweeps, and so the precision of every time-out here.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(1);

    // A process that was stopped for a while must read what has come meanwhile before it calls anybody silent.
    private static readonly long Late = 5 * (long)Period.TotalMilliseconds;

    private static readonly Frame Ping = Frame.FromWire(FrameWriter.Control(Opcode.Ping, []));

    private long _last;
    private int _sweeping;

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
            var late = _last != 0 && now - _last >= Late;
            _last = now;
            SweepAll(now, late);
            lingering.Cut(now - timeouts.Close);
        }
        finally
        {
            Volatile.Write(ref _sweeping, 0);
        }
    }

    private void SweepAll(long now, bool late)
    {
        List<Exception>? failures = null;
        foreach (var connection in connections)
        {
            try
            {
                Look(connection, now, late);
            }
            catch (Exception exception)
            {
                (failures ??= []).Add(exception);
            }
        }

        if (failures is not null)
        {
            throw new AggregateException(failures);
        }
    }

    private void Look(Connection connection, long now, bool late)
    {
        if (connection.IsClosing)
        {
            var patience = connection.CloseCode == CloseCodes.SlowReader ? timeouts.Stall : timeouts.Close;
            if (now - connection.ClosingSince >= patience)
            {
                connection.Abort();
            }

            return;
        }

        if (connection.IsBusy)
        {
            return; // signs of life may wait in the transport, unread; one that is gone tells by itself
        }

        var began = connection.MessageBegan;
        if (began != 0 && now - began >= timeouts.Message)
        {
            connection.Close(CloseCodes.PolicyViolation, $"A message must end within {timeouts.Message / 1000} s.");
            return;
        }

        if (late && connection.Pinged != 0)
        {
            connection.Pinged = now;
            return;
        }

        var silent = now - connection.LastReceived;
        if (silent < timeouts.Interval)
        {
            connection.Pinged = 0;
        }
        else if (connection.Pinged == 0)
        {
            connection.Pinged = now;
            connection.Outbox.Lane.Post(LaneItem.Send(connection.Outbox, Ping));
        }
        else if (now - connection.Pinged >= timeouts.Silence)
        {
            connection.Close(CloseCodes.HeartbeatLost, "No sign of life.");
        }
    }
}
