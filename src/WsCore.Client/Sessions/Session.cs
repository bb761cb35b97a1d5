using WsCore.Client.Connections;
using WsCore.Client.Inbox;
using WsCore.Client.Requests;
using WsCore.Client.Rooms;

namespace WsCore.Client.Sessions;

/// <summary>
/// What outlives a connection: the rooms with their positions, what was asked and not answered, what came and was not read. Connections come and go beneath it.
/// </summary>
/// <remarks>
/// Everything is behind one gate, which is held for moments and never across a wait, a send or a callback: whoever holds it queues, and kicks the outbox after leaving it.
/// What comes from a connection that is not the current one is ignored, so an old one that is still being closed disturbs nothing.
/// </remarks>
internal sealed partial class Session : IFrameSink, IInboxOwner
{
    private readonly Lock _gate = new();
    private readonly WsClientOptions _options;
    private readonly RoomList _rooms = new();
    private readonly PendingRequests _pending;
    private readonly MessageInbox _inbox;
    private readonly EventQueue _events = new();
    private readonly HandledMessages _handled;
    private readonly OwnConnections _own = new();
    private readonly HashSet<(string Room, long Number)> _leaving = []; // the leaves that are not answered yet
    private readonly HashSet<string> _gapsTold = []; // since the inbox was full
    private readonly TaskCompletionSource _connected = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly CancellationTokenSource _lifetime = new();
    private Connection? _connection;
    private Welcome? _welcome;
    private Exception? _closed;
    private long _lastId;
    private long _lastLeave;
    private int _openJoins;
    private bool _isReady;
    private volatile bool _isBehind;

    public Session(WsClientOptions options)
    {
        _options = options;
        _pending = new PendingRequests(options.MaxPending, options.MaxPendingBytes);
        _inbox = new MessageInbox(options.InboxSize, this);
        _handled = new HandledMessages(options.Time);
    }

    public Welcome? Welcome => Volatile.Read(ref _welcome);

    /// <summary>There is a connection, and the rooms are joined.</summary>
    public bool IsReady => Volatile.Read(ref _isReady);

    /// <summary>Ends with the first connection, or fails when there will be none.</summary>
    public Task Connected => _connected.Task;

    /// <summary>There has been a connection at some time.</summary>
    public bool WasConnected => Welcome is not null;

    /// <summary>The current connection.</summary>
    public Connection? Connection
    {
        get
        {
            lock (_gate)
            {
                return _connection;
            }
        }
    }

    public IAsyncEnumerable<Message> ReadMessagesAsync(CancellationToken cancellation) => _inbox.ReadAllAsync(cancellation);

    public IAsyncEnumerable<ClientEvent> ReadEventsAsync(CancellationToken cancellation) => _events.ReadAllAsync(cancellation);

    public void Tell(ClientEvent happened) => _events.Add(happened);

    /// <summary>From now on nothing more is taken; <paramref name="why"/> is told to whoever asks.</summary>
    public void Refuse(Exception why)
    {
        lock (_gate)
        {
            _closed ??= why;
        }
    }

    /// <summary>The end: whatever waits is told why.</summary>
    public void Close(Exception why)
    {
        lock (_gate)
        {
            _closed ??= why;
            foreach (var request in _pending.InOrder.ToArray())
            {
                _pending.Remove(request);
                request.Fail(_closed);
            }
            foreach (var room in _rooms.All)
            {
                room.Refuse(_closed);
            }
        }
        _lifetime.Cancel();
        _connected.TrySetException(why);
        _ = _connected.Task.Exception; // seen: nobody may be waiting for it
        _inbox.Complete();
        _events.Complete();
    }

    void IInboxOwner.Taken()
    {
        if (!_isBehind || !_inbox.IsHalfEmpty)
        {
            return;
        }

        lock (_gate)
        {
            CatchUp();
        }
        Kick();
    }

    void IInboxOwner.Handled(string reliableId)
    {
        Connection? connection;
        lock (_gate)
        {
            _handled.Handle(reliableId);
            connection = _connection;
            connection?.Outbox.Confirm(reliableId);
        }
        connection?.Outbox.Kick();
    }

    private void ThrowIfClosed()
    {
        if (_closed is ObjectDisposedException)
        {
            throw new ObjectDisposedException(nameof(WsClient));
        }

        if (_closed is ConnectionClosedException closed)
        {
            throw new ConnectionClosedException(closed.CloseCode, closed.Message, closed);
        }
        if (_closed is not null)
        {
            throw new WsClientException($"The client has ended: {_closed.Message}", _closed);
        }
    }
}
