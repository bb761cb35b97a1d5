using System.Buffers;
using System.Net.WebSockets;
using System.Text.Json;

namespace WsCore.Client.Connections;

/// <summary>One WebSocket: its reading loop, its outbox, its heartbeat.</summary>
/// <remarks>The reading loop is the only one that reads and the only one that calls the sink; the outbox is the only one that writes. Everything else is safe for threads.</remarks>
internal sealed class Connection
{
    private const int FirstBuffer = 4096;
    private const int MaxMessageBytes = 16 << 20;

    private readonly WebSocket _socket;
    private readonly IFrameSink _sink;
    private readonly TimeProvider _time;
    private readonly TaskCompletionSource<Welcome> _welcome = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<Closure> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<long> _moving = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private long _heard;
    private Closure? _given;
    private Heartbeat? _heartbeat;

    public Connection(WebSocket socket, IFrameSink sink, int maxPostBytes, TimeProvider time)
    {
        _socket = socket;
        _sink = sink;
        _time = time;
        _heard = time.GetTimestamp();
        Outbox = new Outbox(socket, maxPostBytes, time);
    }

    public Outbox Outbox { get; }

    /// <summary>The server's first words; fails when the connection ends before them.</summary>
    public Task<Welcome> Welcomed => _welcome.Task;

    /// <summary>When those were heard; set before <see cref="Welcomed"/> completes.</summary>
    public long WelcomedAt { get; private set; }

    /// <summary>How it ended. Never fails.</summary>
    public Task<Closure> Ended => _ended.Task;

    /// <summary>The server wants this connection elsewhere: the timestamp from which on.</summary>
    public Task<long> Moving => _moving.Task;

    /// <summary>When the server was last heard.</summary>
    public long Heard => Volatile.Read(ref _heard);

    public void Start() => _ = RunAsync();

    /// <summary>The server said who it is.</summary>
    public void Greet(Welcome welcome, bool pace)
    {
        Outbox.Limit(welcome.MaxMessageBytes);
        if (pace)
        {
            Outbox.Pace(new Pacer(welcome.MessagesPerSecond, welcome.Burst, _time));
        }

        if (_welcome.Task.IsCompleted)
        {
            return; // it said so before
        }

        WelcomedAt = _time.GetTimestamp();
        _welcome.TrySetResult(welcome);

        if (welcome.HeartbeatInterval > TimeSpan.Zero)
        {
            _heartbeat = new Heartbeat(this, welcome.HeartbeatInterval, welcome.HeartbeatTimeout, _time);
        }
    }

    /// <summary>The server wants it elsewhere.</summary>
    public void Move(TimeSpan after) => _moving.TrySetResult(_time.GetTimestamp() + (long)(after.TotalSeconds * _time.TimestampFrequency));

    /// <summary>Says goodbye, and lets go after <paramref name="patience"/> at the latest.</summary>
    public async Task CloseAsync(int code, TimeSpan patience)
    {
        Interlocked.CompareExchange(ref _given, new Closure(code, "The client closed the connection."), null);
        Outbox.Close(code);
        Outbox.Kick();
        try
        {
            await Ended.WaitAsync(patience, _time).ConfigureAwait(false);
        }
        catch (TimeoutException)
        {
            Abort(code, "The client closed the connection.");
        }
    }

    /// <summary>Ends it here and now, without a word to the server, for a reason of this side.</summary>
    public void Abort(int code, string reason, Exception? error = null)
    {
        Interlocked.CompareExchange(ref _given, new Closure(code, reason, error), null);
        Outbox.Abort();
        _socket.Abort();
    }

    private async Task RunAsync()
    {
        Closure closure;
        try
        {
            closure = await ReadAsync().ConfigureAwait(false);
        }
        catch (JsonException error)
        {
            closure = new Closure(Closure.None, $"The server sent what is not of this protocol: {error.Message}", error);
        }
        catch (Exception error) // whatever a socket throws, and it throws many kinds: the connection is over
        {
            closure = new Closure(Closure.None, (Outbox.Error ?? error).Message, Outbox.Error ?? error);
        }
        closure = Volatile.Read(ref _given) ?? closure;
        _heartbeat?.Dispose();
        await FinishAsync(closure).ConfigureAwait(false);
        _sink.Ended(this);
        _welcome.TrySetException(new ConnectionClosedException(closure.Code, closure.Reason, closure.Error));
        _ = _welcome.Task.Exception; // seen: nobody may be waiting for it
        _ended.TrySetResult(closure);
    }

    /// <summary>Answers the server's close frame, if there was one, and lets go of the socket.</summary>
    private async Task FinishAsync(Closure closure)
    {
        try
        {
            if (_socket.State == WebSocketState.CloseReceived)
            {
                Outbox.Close(closure.Code is >= 1000 and < 5000 and not (1004 or 1005 or 1006 or 1015) ? closure.Code : 1000);
                Outbox.Kick();
                await Outbox.Finished.WaitAsync(TimeSpan.FromSeconds(1), _time).ConfigureAwait(false);
            }
        }
        catch (TimeoutException) { } // it was only polite
        Outbox.Abort();
        _socket.Abort();
        _socket.Dispose();
    }

    private async Task<Closure> ReadAsync()
    {
        while (true)
        {
            var waited = await _socket.ReceiveAsync(Memory<byte>.Empty, CancellationToken.None).ConfigureAwait(false); // an idle connection holds no buffer
            Volatile.Write(ref _heard, _time.GetTimestamp());
            if (waited.MessageType == WebSocketMessageType.Close)
            {
                return Closed();
            }

            if (waited.EndOfMessage)
            {
                continue;
            }

            if (!await ReadMessageAsync().ConfigureAwait(false))
            {
                return Closed();
            }
        }
    }

    private Closure Closed() => new((int)(_socket.CloseStatus ?? WebSocketCloseStatus.Empty), _socket.CloseStatusDescription ?? "");

    private async ValueTask<bool> ReadMessageAsync()
    {
        var buffer = ArrayPool<byte>.Shared.Rent(FirstBuffer);
        try
        {
            var length = 0;
            while (true)
            {
                if (length == buffer.Length)
                {
                    buffer = Grow(buffer);
                }

                var part = await _socket.ReceiveAsync(buffer.AsMemory(length), CancellationToken.None).ConfigureAwait(false);
                if (part.MessageType == WebSocketMessageType.Close)
                {
                    return false;
                }

                length += part.Count;
                Volatile.Write(ref _heard, _time.GetTimestamp());
                if (!part.EndOfMessage)
                {
                    continue;
                }

                _sink.Receive(this, buffer.AsSpan(0, length), part.MessageType == WebSocketMessageType.Binary);
                return true;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(buffer);
        }
    }

    private static byte[] Grow(byte[] buffer)
    {
        if (buffer.Length >= MaxMessageBytes)
        {
            throw new JsonException($"a message of more than {MaxMessageBytes} bytes");
        }

        var larger = ArrayPool<byte>.Shared.Rent(buffer.Length * 2);
        buffer.CopyTo(larger, 0);
        ArrayPool<byte>.Shared.Return(buffer);
        return larger;
    }
}
