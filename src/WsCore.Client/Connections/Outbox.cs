using System.Net.WebSockets;
using WsCore.Client.Wire;

namespace WsCore.Client.Connections;

/// <summary>
/// What waits to be sent on one connection, in order, and the one who sends it. Requests are bounded by whoever makes them, posts by <c>maxPostBytes</c>, confirmations by
/// <see cref="MaxConfirmations"/>, the oldest of which are dropped: what they would have confirmed comes again.
/// </summary>
/// <remarks>
/// <see cref="Add"/>, <see cref="TryPost"/>, <see cref="Confirm"/> and <see cref="Close"/> from any thread, under other locks too: they only queue. <see cref="Kick"/>, outside of locks, sends on
/// the caller's thread as far as that goes without waiting. A WebSocket takes one send at a time, so one pump runs at a time.
/// </remarks>
internal sealed class Outbox(WebSocket socket, int maxPostBytes, TimeProvider time)
{
    public const int MaxConfirmations = 10_000;

    private readonly Lock _gate = new();
    private readonly Queue<Outbound> _waiting = new();
    private readonly CancellationTokenSource _ended = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Queue<string>? _confirmations;
    private long _bytes;
    private int _closeCode;
    private bool _isSending;
    private Pacer? _pacer;
    private int _maxMessageBytes = int.MaxValue;
    private Exception? _error;

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
            _confirmations = null;
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

    private bool HasWork => _waiting.Count > 0 || _confirmations is { Count: > 0 } || (_closeCode != 0 && !_idle.Task.IsCompleted);

    private void Queue(Outbound message)
    {
        if (_closeCode != 0)
        {
            return;
        }

        _waiting.Enqueue(message);
        _bytes += message.Bytes.Length;
    }

    private async Task PumpAsync()
    {
        try
        {
            while (Next(out var message, out var isCounted, out var closeCode))
            {
                if (closeCode != 0)
                {
                    await socket.CloseOutputAsync((WebSocketCloseStatus)closeCode, null, _ended.Token).ConfigureAwait(false);
                    _idle.TrySetResult();
                    return;
                }
                if (isCounted)
                {
                    await PaceAsync().ConfigureAwait(false);
                }

                await socket.SendAsync(message.Bytes, message.IsBinary ? WebSocketMessageType.Binary : WebSocketMessageType.Text, endOfMessage: true, _ended.Token)
                    .ConfigureAwait(false);
                if (isCounted)
                {
                    Sent(message);
                }
            }
        }
        catch (Exception error) // the reading side of the socket tells everybody else
        {
            Volatile.Write(ref _error, error);
            socket.Abort();
            Abort();
        }
    }

    /// <summary>What is to be sent next; false ends the pump, in the same hold of the gate in which the next one may begin.</summary>
    private bool Next(out Outbound message, out bool isCounted, out int closeCode)
    {
        (message, isCounted, closeCode) = (default, false, 0);
        lock (_gate)
        {
            if (_ended.IsCancellationRequested || !HasWork)
            {
                _isSending = false;
                return false;
            }
            if (_confirmations is { Count: > 0 } ids)
            {
                message = new(RequestFrames.Confirm(ids, Volatile.Read(ref _maxMessageBytes)), IsBinary: false); // costs the server nothing, so it goes first
            }
            else if (_waiting.TryDequeue(out message))
            {
                isCounted = true;
            }
            else
            {
                closeCode = _closeCode;
            }

            return true;
        }
    }

    private void Sent(Outbound message)
    {
        lock (_gate)
        {
            _bytes -= message.Bytes.Length;
        }
    }

    private async ValueTask PaceAsync()
    {
        while (Volatile.Read(ref _pacer)?.Take() is { Ticks: > 0 } wait)
        {
            await Task.Delay(wait, time, _ended.Token).ConfigureAwait(false);
        }
    }
}
