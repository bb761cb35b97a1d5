using WsCore.Delivery;

namespace WsCore.Reliability;

/// <summary>When the unconfirmed messages of one lane's connections come again.</summary>
/// <remarks>Owned by the lane, but for <see cref="Pending"/>. One wheel for all connections of the lane; there is no timer per message or connection.</remarks>
internal sealed class LaneRetries
{
    /// <summary>How long a message waits whose connection takes nothing just now.</summary>
    private const long Later = 1000;

    private readonly Lane _lane;
    private readonly TimeProvider _time;
    private readonly long _origin;
    private readonly long[] _delays;
    private readonly RetryWheel<Unconfirmed> _wheel = new();

    public LaneRetries(Lane lane, ReliableOptions options, TimeProvider time)
    {
        _lane = lane;
        _time = time;
        _origin = time.GetTimestamp();
        _delays = [.. options.RetryDelays.Select(delay => (long)delay.TotalMilliseconds)];
        MaxPending = options.MaxPending;
        MaxPendingBytes = options.MaxPendingBytes;
    }

    /// <summary>Unconfirmed messages of one connection.</summary>
    public int MaxPending { get; }

    /// <summary>Their bytes. As many again are kept for their repetitions.</summary>
    public int MaxPendingBytes { get; }

    /// <summary>Unconfirmed messages of all its connections; any thread may look.</summary>
    public int Pending => _wheel.Count;

    private LaneCounters Counters => _lane.Counters;

    private long Now => (long)Math.Round(_time.GetElapsedTime(_origin).TotalMilliseconds); // rounded, because a clock may say a tick less than was waited for

    public int Add(AckRetryQueue queue, Frame first)
    {
        Counters.ReliableSent++;
        return _wheel.Add(new Unconfirmed(queue, first, Attempts: 1), Now + _delays[0]);
    }

    /// <returns>Bytes of the message.</returns>
    public int Confirm(int handle)
    {
        Counters.ReliableConfirmed++;
        var bytes = _wheel[handle].First.Length;
        _wheel.Remove(handle);
        return bytes;
    }

    public void Abandon(int handle)
    {
        Counters.ReliableAbandoned++;
        _wheel.Remove(handle);
    }

    /// <summary>Sends again what is due, and gives up what was sent often enough. About once a second while anything is pending.</summary>
    public void Tick()
    {
        List<Unconfirmed>? givenUp = null;
        var now = Now;
        _wheel.Advance(now);
        while (_wheel.TryTake(out var handle))
        {
            var message = _wheel[handle];
            if (message.Attempts > _delays.Length)
            {
                message.Queue.Forget(message.First);
                _wheel.Remove(handle);
                Counters.ReliableGivenUp++;
                (givenUp ??= []).Add(message);
            }
            else
            {
                _wheel.Move(handle, now + Later); // before the transport is asked: when it is gone, the queue is emptied and the handle another's
                Retry(handle, message, now);
            }
        }

        foreach (var group in givenUp?.GroupBy(message => message.Queue.Outbox) ?? [])
        {
            _lane.Tell(group.Key, OutboxEvent.GivenUp, [.. group.Select(message => message.First)]);
        }
    }

    private void Retry(int handle, Unconfirmed message, long now)
    {
        var outbox = message.Queue.Outbox;
        if (!outbox.MayRetry())
        {
            return;
        }

        var attempts = message.Attempts + 1;
        _wheel[handle] = message with { Attempts = attempts };
        _wheel.Move(handle, now + _delays[Math.Min(attempts, _delays.Length) - 1]);
        Counters.ReliableRetried++;
        outbox.Append(message.First.Reliable!.Frame(message.First, attempts)); // last: it may close the connection, and empty its queue
    }
}
