using System.Buffers;
using System.Net.Sockets;

namespace WsCore.LoadTests.Raw;

/// <summary>
/// A WebSocket of a client with as little between the socket and the message as can be: a connection that is silent holds no buffer and one pending read, frames are handed on
/// where they lie, and a frame is sent from the thread that has it.
/// </summary>
/// <remarks>Sending: any thread. Messages are handed on by one thread at a time.</remarks>
internal abstract class RawSocket : IAsyncDisposable
{
    private const int BufferBytes = 256 * 1024; // one for each thread that reads; the largest frame that can be read
    private const int MaxUnsentBytes = 1 << 20;
    private const int NoClose = 1006; // RFC 6455 §7.1.5

    [ThreadStatic]
    private static byte[]? t_buffer;

    private readonly Lock _sending = new();
    private Socket? _socket;
    private byte[] _rest = [];
    private byte[]? _fragments;
    private List<ArraySegment<byte>>? _unsent;
    private int _unsentBytes;
    private Task _reading = Task.CompletedTask;
    private TaskCompletionSource? _pause;
    private bool _ending;

    /// <summary>Bytes that arrived, for the report.</summary>
    protected abstract void OnBytes(int count);

    /// <summary>A whole text message.</summary>
    protected abstract void OnText(ReadOnlySpan<byte> message);

    /// <summary>What arrived is no frame, or no message that can be read; <see cref="OnEnd"/> follows.</summary>
    protected abstract void OnBadFrame();

    /// <summary>The connection is over.</summary>
    /// <param name="code">The close code of the server, 1006 where it sent none.</param>
    /// <param name="expected">This side ended it.</param>
    protected abstract void OnEnd(int code, bool expected);

    /// <summary>Reads nothing until <see cref="Resume"/>, so that the server cannot send any more.</summary>
    public void Pause() => Interlocked.CompareExchange(ref _pause, new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously), null);

    /// <summary>Reads again.</summary>
    public void Resume() => Interlocked.Exchange(ref _pause, null)?.TrySetResult();

    /// <summary>Ends TCP without a word, as a lost network does.</summary>
    public void Cut()
    {
        Volatile.Write(ref _ending, true);
        if (_socket is { } socket)
        {
            socket.LingerState = new LingerOption(true, 0);
            socket.Dispose();
        }

        Resume();
    }

    /// <summary>Says goodbye and waits for the answer, for at most two seconds.</summary>
    public virtual async ValueTask DisposeAsync()
    {
        if (_socket is null)
        {
            return;
        }

        Volatile.Write(ref _ending, true);
        Resume();
        SendFrame(RawFrames.Close, [0x03, 0xE8]);
        await Task.WhenAny(_reading, Task.Delay(TimeSpan.FromSeconds(2), TimeProvider.System));
        _socket.Dispose();
        await _reading;
    }

    /// <summary>Takes over a socket after the handshake.</summary>
    /// <param name="socket">Connected and upgraded.</param>
    /// <param name="rest">What was read of it already, behind the handshake.</param>
    protected void Start(Socket socket, byte[] rest)
    {
        socket.Blocking = false; // sends and reads take what there is and return
        (_socket, _rest) = (socket, rest);
        _reading = ReadAsync(socket);
    }

    /// <summary>Sends a frame; false where the connection is over, or a server that does not read has let too much pile up.</summary>
    protected bool SendFrame(int opcode, ReadOnlySpan<byte> payload)
    {
        var frame = ArrayPool<byte>.Shared.Rent(payload.Length + RawFrames.MaxOverhead);
        try
        {
            var length = RawFrames.Write(frame, opcode, payload, (uint)Random.Shared.Next());
            lock (_sending)
            {
                return Send(frame.AsSpan(0, length));
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(frame);
        }
    }

    private bool Send(ReadOnlySpan<byte> frame)
    {
        if (_socket is not { } socket || _unsentBytes > MaxUnsentBytes)
        {
            return false;
        }

        var sent = 0;
        if (_unsent is null)
        {
            try
            {
                sent = socket.Send(frame, SocketFlags.None, out var error);
                if (error is not (SocketError.Success or SocketError.WouldBlock))
                {
                    return false;
                }

                sent = error == SocketError.Success ? sent : 0;
            }
            catch (ObjectDisposedException)
            {
                return false;
            }
        }

        if (sent < frame.Length)
        {
            var begins = _unsent is null;
            (_unsent ??= []).Add(frame[sent..].ToArray());
            _unsentBytes += frame.Length - sent;
            if (begins)
            {
                _ = FlushAsync(socket);
            }
        }

        return true;
    }

    private async Task FlushAsync(Socket socket)
    {
        try
        {
            while (true)
            {
                List<ArraySegment<byte>> batch;
                lock (_sending)
                {
                    if (_unsent is not { Count: > 0 })
                    {
                        _unsent = null;
                        return;
                    }

                    (batch, _unsent) = (_unsent, []);
                }

                foreach (var frame in batch)
                {
                    for (var left = frame; left.Count > 0;)
                    {
                        left = left[await socket.SendAsync(left, SocketFlags.None)..];
                    }

                    lock (_sending)
                    {
                        _unsentBytes -= frame.Count;
                    }
                }
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            // the reading side sees the end too, and tells it
        }
    }

    private async Task ReadAsync(Socket socket)
    {
        var code = NoClose;
        try
        {
            code = Process(_rest.AsSpan());
            while (code == 0)
            {
                if (Volatile.Read(ref _pause) is { } pause)
                {
                    await pause.Task;
                }

                await socket.ReceiveAsync(Memory<byte>.Empty, SocketFlags.None); // ends when there is something, and no buffer waits for it
                code = Volatile.Read(ref _pause) is null ? ReadWhatIsThere(socket) : 0;
            }
        }
        catch (Exception e) when (e is SocketException or ObjectDisposedException)
        {
            code = NoClose;
        }
        catch (Exception) // whatever a server sent must not end the run, but its connection
        {
            code = NoClose;
            OnBadFrame();
        }

        if (!Volatile.Read(ref _ending))
        {
            lock (_sending)
            {
                socket.Dispose();
            }

            OnEnd(code, expected: false);
        }
        else
        {
            OnEnd(code, expected: true);
        }
    }

    // 0 while the connection goes on.
    private int ReadWhatIsThere(Socket socket)
    {
        var buffer = t_buffer ??= GC.AllocateUninitializedArray<byte>(BufferBytes);
        while (true)
        {
            var kept = _rest.Length;
            _rest.CopyTo(buffer, 0);
            var read = socket.Receive(buffer.AsSpan(kept), SocketFlags.None, out var error);
            if (error == SocketError.WouldBlock)
            {
                return 0;
            }

            if (error != SocketError.Success || read == 0)
            {
                return NoClose;
            }

            OnBytes(read);
            var code = Process(buffer.AsSpan(0, kept + read));
            if (code != 0 || read < buffer.Length - kept)
            {
                return code;
            }

            if (_rest.Length == buffer.Length)
            {
                throw new SocketException((int)SocketError.MessageSize);
            }
        }
    }

    private int Process(ReadOnlySpan<byte> bytes)
    {
        while (RawFrames.TryRead(bytes, out var opcode, out var payload, out var consumed))
        {
            var isFinal = (bytes[0] & 0x80) != 0;
            bytes = bytes[consumed..];
            switch (opcode)
            {
                case RawFrames.Ping:
                    SendFrame(RawFrames.Pong, payload);
                    break;
                case RawFrames.Close:
                    SendFrame(RawFrames.Close, payload);
                    return payload.Length >= 2 ? (payload[0] << 8) | payload[1] : 1005;
                case RawFrames.Text or RawFrames.Binary or RawFrames.Continuation when !isFinal || _fragments is not null:
                    _fragments = [.. _fragments ?? [], .. payload];
                    if (isFinal)
                    {
                        OnText(_fragments);
                        _fragments = null;
                    }

                    break;
                case RawFrames.Text:
                    OnText(payload);
                    break;
            }
        }

        _rest = bytes.ToArray(); // nothing, mostly
        return 0;
    }
}
