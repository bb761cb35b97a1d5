using System.Buffers.Binary;
using System.Globalization;
using System.Security.Claims;
using System.Text;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Framing;

namespace WsCore.Tests.Simulation;

/// <summary>One connection: the network in both directions, and on its server's end what reads it as a <see cref="Session"/> does.</summary>
internal sealed class Link : IOutput
{
    private const int MostFramesAtOnce = 4;

    private readonly World _world;
    private readonly Client _client;
    private readonly Queue<(TimeSpan At, UpKind Kind, string? Text, Request? Request)> _up = new();
    private readonly Queue<(TimeSpan At, byte[] Frame)> _down = new();

    // server to client
    private TimeSpan _lastDown;
    private int _unread;
    private TaskCompletionSource? _write;
    private ReadOnlyMemory<byte> _writing;
    private byte[] _copy = [];
    private TimeSpan _writingSince;
    private bool _endsWrite;
    private bool _reads;
    private TimeSpan _slowUntil;

    // client to server
    private TimeSpan _lastUp;
    private bool _pumps;
    private bool _busy = true; // until its welcome is made
    private bool _serverGone;
    private bool _clientGone;
    private bool _ended;

    public Link(World world, Client client, int number)
    {
        (_world, _client, Number) = (world, client, number);
        var identity = new ConnectionIdentity(string.Create(CultureInfo.InvariantCulture, $"c{number}"), client.User, new ClaimsPrincipal(), RemoteAddress: null);
        Connection = world.Host.Make(identity, this);
        world.Trace.Add("connects as", client.Name, Connection.Id);
        world.Steps.When(world.Host.BeginAsync(Connection).AsTask(), StepKind.ServerReads, Number, Free);
    }

    public int Number { get; }

    public Connection Connection { get; }

    /// <summary>A write had to wait, so that its reader may have been taken for a slow one.</summary>
    public bool EverStuck { get; private set; }

    public bool IsIdle => _up.Count == 0 && _down.Count == 0 && !_busy && _write is null;

    public ValueTask WriteAsync(ReadOnlyMemory<byte> frames)
    {
        if (_write is not null)
        {
            _world.Fail($"{Connection.Id} is written to while a write has not ended");
        }

        if (_serverGone)
        {
            throw new IOException("The connection is gone.");
        }

        if (Connection.Outbox.Bytes > _world.MostOutboxBytes + frames.Length)
        {
            _world.Fail($"{Connection.Outbox.Bytes} bytes wait for {Connection.Id}, at most {_world.MostOutboxBytes} and a write may");
        }

        _unread += frames.Length;
        if (!_clientGone)
        {
            Split(frames.Span);
        }

        var fits = _unread <= _world.Traits.Capacity;
        if (fits && _world.Random.Next(4) != 0)
        {
            return default;
        }

        EverStuck |= !fits;
        _writingSince = _world.Clock.Elapsed;
        _write = new TaskCompletionSource();
        (_writing, _copy) = (frames, frames.ToArray());
        EndWriteIfRead();
        return new ValueTask(_write.Task);
    }

    public void Abort()
    {
        if (!_serverGone)
        {
            _world.Trace.Add("is cut by the server", Connection.Id);
            CutServer();
        }
    }

    /// <summary>The client sends something, which arrives later if nothing happens.</summary>
    public void Say(UpKind kind, string? text = null, Request? request = null)
    {
        var at = _world.Clock.Elapsed + _world.Transit();
        _lastUp = at > _lastUp ? at : _lastUp;
        _up.Enqueue((_lastUp, kind, text, request));
        Pump();
    }

    /// <summary>The client reads nothing for a while.</summary>
    public void ReadNothing(TimeSpan duration) => _slowUntil = _world.Clock.Elapsed + duration;

    /// <summary>The network is cut, and both ends know.</summary>
    public void Cut()
    {
        LeaveClient();
        CutServer();
    }

    /// <summary>The client is gone, and the server will not hear of it for a while; what was under way to it may arrive.</summary>
    public void HalfOpen(TimeSpan until)
    {
        LeaveClient();
        _world.Steps.After(until, StepKind.Network, Number, CutServer);
    }

    /// <summary>The client has read the close frame, answered it, and reads nothing any more.</summary>
    public void CloseClient()
    {
        Say(UpKind.Close);
        LeaveClient();
        _unread = 0;
        EndWriteIfRead();
    }

    private void LeaveClient()
    {
        _clientGone = true;
        _down.Clear();
    }

    private void CutServer()
    {
        if (_serverGone)
        {
            return;
        }

        _serverGone = true;
        _up.Clear();
        if (_write is not null)
        {
            _world.Steps.Soon(StepKind.EndOfWrite, Number, EndWrite);
        }

        Pump();
    }

    // ---- server to client

    private void Split(ReadOnlySpan<byte> frames)
    {
        var at = _world.Clock.Elapsed + _world.Transit();
        _lastDown = at > _lastDown ? at : _lastDown;
        while (!frames.IsEmpty)
        {
            var length = LengthOf(frames, out _);
            _down.Enqueue((_lastDown, frames[..length].ToArray()));
            frames = frames[length..];
        }

        ReadLater();
    }

    private static int LengthOf(ReadOnlySpan<byte> frame, out int header)
    {
        int length = frame[1];
        header = 2;
        if (length == 126)
        {
            (length, header) = (BinaryPrimitives.ReadUInt16BigEndian(frame[2..]), 4);
        }
        else if (length == 127)
        {
            (length, header) = ((int)BinaryPrimitives.ReadUInt64BigEndian(frame[2..]), 10);
        }

        return header + length;
    }

    private void ReadLater()
    {
        if (_reads || _clientGone || _down.Count == 0)
        {
            return;
        }

        _reads = true;
        var at = _down.Peek().At > _slowUntil ? _down.Peek().At : _slowUntil;
        _world.Steps.After(at - _world.Clock.Elapsed, StepKind.ClientReads, Number, Read);
    }

    private void Read()
    {
        _reads = false;
        var count = _world.Random.Next(1, MostFramesAtOnce);
        while (count-- > 0 && !_clientGone && _slowUntil <= _world.Clock.Elapsed && _down.TryPeek(out var first) && first.At <= _world.Clock.Elapsed)
        {
            _down.Dequeue();
            _unread -= first.Frame.Length;
            Receive(first.Frame);
        }

        EndWriteIfRead();
        ReadLater();
    }

    private void Receive(byte[] frame)
    {
        if (frame.Length == 0)
        {
            LeaveClient();
            _client.Lost(this, 1006, "");
            return;
        }

        LengthOf(frame, out var header);
        var payload = frame.AsMemory(header);
        switch ((Opcode)(frame[0] & 0xf))
        {
            case Opcode.Text:
                _client.Receive(this, payload);
                break;
            case Opcode.Ping:
                Say(UpKind.Pong);
                break;
            case Opcode.Close:
                var code = payload.Length < 2 ? (ushort)1005 : BinaryPrimitives.ReadUInt16BigEndian(payload.Span);
                var reason = payload.Length < 2 ? "" : Encoding.UTF8.GetString(payload.Span[2..]);
                CloseClient();
                _client.Lost(this, code, reason);
                break;
            default:
                _world.Fail($"{_client.Name} gets a frame of the kind {frame[0]}");
                break;
        }
    }

    private void EndWriteIfRead()
    {
        if (_write is not null && !_endsWrite && _unread <= _world.Traits.Capacity)
        {
            _endsWrite = true;
            _world.Steps.Soon(StepKind.EndOfWrite, Number, EndWrite);
        }
    }

    private void EndWrite()
    {
        if (_write is not { } write)
        {
            return;
        }

        if (!_writing.Span.SequenceEqual(_copy))
        {
            _world.Fail($"what is being written to {Connection.Id} has changed under the write");
        }

        EverStuck |= _world.Clock.Elapsed - _writingSince >= OutboxBounds.Stuck;
        (_write, _writing, _endsWrite) = (null, default, false);
        if (_serverGone)
        {
            write.SetException(new IOException("The connection is gone."));
        }
        else
        {
            write.SetResult();
        }
    }

    // ---- client to server

    private void Free()
    {
        _busy = false;
        Pump();
    }

    private void Pump()
    {
        if (_pumps || _busy || _ended || (_up.Count == 0 && !_serverGone))
        {
            return;
        }

        _pumps = true;
        var wait = _serverGone ? TimeSpan.Zero : _up.Peek().At - _world.Clock.Elapsed;
        _world.Steps.After(wait, StepKind.ServerReads, Number, ReadOne);
    }

    private void ReadOne()
    {
        _pumps = false;
        if (_busy || _ended)
        {
            return;
        }

        if (_serverGone)
        {
            End();
            return;
        }

        var (_, kind, text, request) = _up.Dequeue();
        Connection.LastReceived = _world.Sweep.Now;
        switch (kind)
        {
            case UpKind.Text when !Connection.IsClosing:
                Dispatch(text!, request!);
                return;
            case UpKind.Close:
                _busy = true;
                Connection.CloseByPeer(1000, "");
                _world.Steps.When(Connection.WhenCloseWritten(), StepKind.ServerReads, Number, End);
                return;
            default: // a pong, or what is thrown away
                Pump();
                return;
        }
    }

    private void Dispatch(string text, Request request)
    {
        (_busy, Connection.IsBusy) = (true, true);
        _world.Trace.Add("is read", Connection.Id, request.Id);
        request.Begins(_world.Oracle);
        var dispatched = _world.Dispatcher.DispatchAsync(Connection, Encoding.UTF8.GetBytes(text), binary: false).AsTask();
        if (dispatched.IsCompleted)
        {
            Dispatched(request, dispatched);
        }
        else
        {
            _world.Steps.When(dispatched, StepKind.ServerReads, Number, () => Dispatched(request, dispatched), () => request.Ends(_world.Oracle));
        }
    }

    private void Dispatched(Request request, Task dispatched)
    {
        if (!dispatched.IsCompletedSuccessfully)
        {
            _world.Fail($"the dispatcher throws for {request.Id} of {_client.Name}: {dispatched.Exception?.InnerException}");
        }

        request.Ends(_world.Oracle);
        Connection.LastReceived = _world.Sweep.Now;
        Connection.IsBusy = false;
        var lane = Connection.Outbox.Lane;
        if (lane.IsCongested)
        {
            _world.Count("waits for a lane");
            _world.Steps.When(lane.WaitAsync(), StepKind.ServerReads, Number, Free);
        }
        else
        {
            Free();
        }
    }

    private void End()
    {
        if (_ended)
        {
            return;
        }

        _ended = true;
        if (!Connection.IsClosing)
        {
            Connection.Abort(); // the peer has gone without a close frame
        }

        _ = Connection.EndAsync();
        _world.Steps.When(Connection.WhenEnded(), StepKind.ServerReads, Number, Ended);
    }

    private void Ended()
    {
        _serverGone = true;
        _world.Host.Ended(Connection);
        _world.Trace.Add("has ended", Connection.Id, null, Connection.CloseCode);
        _world.Ended(this);
        if (!_clientGone)
        {
            _down.Enqueue((_lastDown, [])); // the end of the stream
            ReadLater();
        }
    }
}
