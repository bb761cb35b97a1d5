using System.Net.WebSockets;
using WsCore.Client.Wire;

namespace WsCore.Client.Connections;

/// <summary>
/// What waits to be sent on one connection, and the one who sends it: confirmations first, which cost the server nothing, then what is urgent, then the rest in order, no faster than the server wants.
/// Requests are bounded by whoever makes them, posts by <c>maxPostBytes</c>, confirmations by <see cref="MaxConfirmations"/>, the oldest of which are dropped: what they would have confirmed comes again.
/// </summary>
/// <remarks>
/// <see cref="Add"/>, <see cref="TryPost"/>, <see cref="Confirm"/> and <see cref="Close"/> from any thread, under other locks too: they only queue. <see cref="Kick"/>, outside of locks, sends on
/// the caller's thread as far as that goes without waiting. A WebSocket takes one send at a time, so one pump runs at a time.
/// </remarks>
internal sealed class Outbox(WebSocket socket, int maxPostBytes, TimeProvider time)
{
    public const int MaxConfirmations = 10_000;
    private const int FirstDrop = 64;

    private readonly Lock _gate = new();
    private readonly Queue<Outbound> _waiting = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Queue<Outbound>? _urgent;
    private Queue<string>? _confirmations;
    private ITimer? _pause;
    private long _bytes;
    private int _closeCode;
    private int _dropAt = FirstDrop;
    private bool _isSending;
    private Pacer? _pacer;
    private int _maxMessageBytes = int.MaxValue;
    private Exception? _error;
    private bool _isHeldBack;

    /// <summary>What is next waits because the server would refuse it now.</summary>
    public bool IsHeldBack => Volatile.Read(ref _isHeldBack);

    /// <summary>Ends when the close frame has left, or sending failed.</summary>
    public Task Finished => _idle.Task;

    /// <summary>Why sending failed, if it did.</summary>
    public Exception? Error => Volatile.Read(ref _error);

    /// <summary>From now on no faster than that.</summary>
    public void Pace(Pacer pacer) => Volatile.Write(ref _pacer, pacer);

    /// <summary>The largest message that the server takes. What is added is not over it; confirmations are gathered up to it.</summary>
    public void Limit(int maxMessageBytes) => Volatile.Write(ref _maxMessageBytes, maxMessageBytes);

    /// <summary>Queues a message. Ignored when the end was queued.</summary>
    public void Add(Outbound message)
    {
        lock (_gate)
        {
            Queue(message);
        }
    }

    /// <summary>Queues what keeps the connection alive or right, pings and joins: it stands behind nothing, and waits only where the server would refuse it.</summary>
    public void AddUrgent(Outbound message)
    {
        lock (_gate)
        {
            if (_closeCode == 0)
            {
                (_urgent ??= new()).Enqueue(message);
            }
        }
    }

    /// <summary>Queues a message unless too many bytes wait.</summary>
    public bool TryPost(Outbound message)
    {
        lock (_gate)
        {
            if (_closeCode != 0 || _bytes + message.Bytes.Length > maxPostBytes)
            {
                return false;
            }

            Queue(message);
            return true;
        }
    }

    /// <summary>Queues the confirmation of a reliable message. Those that wait leave together.</summary>
    public void Confirm(string reliableId)
    {
        lock (_gate)
        {
            if (_closeCode != 0)
            {
                return;
            }

            _confirmations ??= new();
            if (_confirmations.Count == MaxConfirmations)
            {
                _confirmations.Dequeue();
            }

            _confirmations.Enqueue(reliableId);
        }
    }

    /// <summary>Queues the close frame: the last that leaves.</summary>
    public void Close(int code)
    {
        lock (_gate)
        {
            _closeCode = _closeCode == 0 ? code : _closeCode;
        }
    }

    /// <summary>Gives up: nothing leaves any more.</summary>
    public void Abort()
    {
        lock (_gate)
        {
            _closeCode = _closeCode == 0 ? 1001 : _closeCode;
            _waiting.Clear();
            (_urgent, _confirmations) = (null, null);
            _pause?.Dispose();
        }
        _ended.Cancel();
        _idle.TrySetResult();
    }

    /// <summary>Sends what waits, unless somebody is at it.</summary>
    public void Kick()
    {
        lock (_gate)
        {
            if (_isSending || !HasWork)
            {
                return;
            }

            _isSending = true;
        }
        _ = PumpAsync();
    }

    private bool HasWork => _waiting.Count > 0 || _urgent is { Count: > 0 } || _confirmations is { Count: > 0 } || (_closeCode != 0 && !_idle.Task.IsCompleted);

    private void Queue(Outbound message)
    {
        if (_closeCode != 0)
        {
            return;
        }

        if (_waiting.Count >= _dropAt)
        {
            DropWithdrawn();
        }

        Enqueue(message);
    }

    private void Enqueue(Outbound message)
    {
        _waiting.Enqueue(message);
        _bytes += message.Bytes.Length;
    }

    /// <summary>What was withdrawn does not wait for its turn: whoever withdraws may ask for more, and is bounded only in what they wait for.</summary>
    private void DropWithdrawn()
    {
        for (var n = _waiting.Count; n > 0; n--)
        {
            var message = Dequeue();
            if (!message.IsWithdrawn)
            {
                Enqueue(message);
            }
        }
        _dropAt = Math.Max(FirstDrop, 2 * _waiting.Count); // so that it costs each message little
    }

    private async Task PumpAsync()
    {
        try
        {
            while (Next(out var message, out var closeCode))
            {
                if (message is null)
                {
                    await socket.CloseOutputAsync((WebSocketCloseStatus)closeCode, null, _ended.Token).ConfigureAwait(false);
                    _idle.TrySetResult();
                    return;
                }
                var kind = message.IsBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text;
                await socket.SendAsync(message.Bytes, kind, endOfMessage: true, _ended.Token).ConfigureAwait(false);
            }
        }
        catch (Exception error) // the reading side of the socket tells everybody else
        {
            Volatile.Write(ref _error, error);
            socket.Abort();
            Abort();
        }
    }

    /// <summary>What is to be sent next, null for the close frame; false ends the pump, in the same hold of the gate in which the next one may begin.</summary>
    private bool Next(out Outbound? message, out int closeCode)
    {
        (message, closeCode) = (null, 0);
        lock (_gate)
        {
            _isSending = !_ended.IsCancellationRequested && (TryTake(out message) || (_waiting.Count == 0 && (closeCode = _closeCode) != 0));
            return _isSending;
        }
    }

    private bool TryTake(out Outbound? message)
    {
        message = null;
        if (_confirmations is { Count: > 0 } ids)
        {
            message = new Outbound(RequestFrames.Confirm(ids, Volatile.Read(ref _maxMessageBytes)), isBinary: false);
            return true;
        }
        while (_waiting.TryPeek(out var next) && next.IsWithdrawn)
        {
            Dequeue();
        }
        var isUrgent = _urgent is { Count: > 0 };
        if (!isUrgent && _waiting.Count == 0)
        {
            return false;
        }

        if (Volatile.Read(ref _pacer)?.Take(isUrgent) is { Ticks: > 0 } wait)
        {
            _pause ??= time.CreateTimer(static state => ((Outbox)state!).Kick(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            _pause.Change(wait, Timeout.InfiniteTimeSpan);
            Volatile.Write(ref _isHeldBack, true);
            return false;
        }
        message = isUrgent ? _urgent!.Dequeue() : Dequeue();
        message.Take(time.GetTimestamp());
        Volatile.Write(ref _isHeldBack, false);
        return true;
    }

    private Outbound Dequeue()
    {
        var message = _waiting.Dequeue();
        _bytes -= message.Bytes.Length;
        return message;
    }
}
