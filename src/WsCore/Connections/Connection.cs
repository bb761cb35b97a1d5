using System.Net;
using System.Security.Claims;
using WsCore.Delivery;
using WsCore.Framing;
using WsCore.Heartbeat;
using WsCore.History;
using WsCore.Limits;
using WsCore.Protocol;
using WsCore.Reliability;
using WsCore.Rooms;

namespace WsCore.Connections;

/// <summary>One client: who it is, what waits for it, which rooms it is in and how it ends.</summary>
/// <remarks>
/// The write side belongs to the lane, through <see cref="Outbox"/>; the read side to the <see cref="Session"/>. What both and the sweeper look at are the
/// moments below, single words. Closing is decided once, under the gate: the first code wins.
/// </remarks>
internal sealed class Connection : IConnection, IOutboxOwner
{
    private readonly Lock _gate = new();
    private readonly ConnectionIdentity _identity;
    private readonly SweepClock _clock;

    public Connection(ConnectionIdentity identity, IOutput output, Lane lane, OutboxBounds bounds, SweepClock clock)
    {
        _identity = identity;
        Output = output;
        _clock = clock;
        Outbox = new Outbox(lane, output, this, bounds);
        LastReceived = clock.Now;
    }

    // who it is
    public string Id => _identity.Id;

    public string? User => _identity.User;

    public ClaimsPrincipal Principal => _identity.Principal;

    public IPAddress? RemoteAddress => _identity.RemoteAddress;

    public object? State { get; set; }

    /// <summary>The <c>from</c> of its messages, made when it first sends one.</summary>
    public byte[] FromJson => field ??= EnvelopeWriter.FromJson(User, Id);

    // what waits for it, and where that goes
    public Outbox Outbox { get; }

    public IOutput Output { get; }

    /// <summary>What it may still send; the read loop's.</summary>
    public required Allowance Allowance { get; init; }

    /// <summary>Hears of messages that this connection did not confirm; set by whoever makes it, or null.</summary>
    public GivenUpMessages? GivenUpMessages { get; init; }

    // which rooms it is in
    public Memberships Rooms { get; } = new();

    /// <summary>What it is catching up with; made by the first join that asks for it.</summary>
    public CatchUp? CatchUp { get; set; }

    // moments on the sweep clock, 0 = never
    public long LastReceived { get; set; }

    public long MessageBegan { get; set; }

    /// <summary>When the message that is being carried out was read, a timestamp of the lane's clock; 0 while nobody measures delivery.</summary>
    public long Received { get; set; }

    public long Pinged { get; set; }

    /// <summary>A message is at work, so nobody reads: silence is the server's own meanwhile.</summary>
    public bool IsBusy { get; set; }

    public long ClosingSince { get; private set; }

    /// <summary>Who looks when a time-out is over; set once, when it is registered.</summary>
    public WatchList? Watch { get; set; }

    /// <summary>Its place in <see cref="Watch"/>, whose lock it belongs to; -1 where it has none.</summary>
    public int WatchIndex { get; set; } = -1;

    /// <summary>It took too long to close and was cut; the sweeper's.</summary>
    public bool IsCut { get; set; }

    /// <summary>It counts among those that are served; set once, before it is.</summary>
    public bool IsAdmitted { get; set; }

    // how it ends
    public ushort CloseCode { get; private set; } = 1006;

    public string CloseReason { get; private set; } = "";

    public bool IsClosing => Volatile.Read(ref _closing);

    public CancellationToken Closed
    {
        get
        {
            lock (_gate)
            {
                // While a hook runs nobody reads, so the hook must hear of the end from the transport; made when first asked for, which is seldom.
                return (_closed ??= _ended ? CancelledSource() : CancellationTokenSource.CreateLinkedTokenSource(Output.Gone)).Token;
            }
        }
    }

    private bool _closing;
    private bool _ended;
    private CancellationTokenSource? _closed;
    private TaskCompletionSource? _closeWritten;
    private TaskCompletionSource? _retired;

    public void Send(Frame frame) => Outbox.Lane.Post(LaneItem.Send(Outbox, frame));

    public void Close(ushort code, string reason)
    {
        var frame = Frame.FromWire(FrameWriter.Close(code, reason));
        if (BeginClose(code, reason))
        {
            Rooms.LeaveAll();
            Outbox.Lane.Post(LaneItem.Close(Outbox, frame));
        }
    }

    /// <summary>The peer has sent its close frame: answers it, if the server has not closed first.</summary>
    public void CloseByPeer(ushort code, string reason)
    {
        if (BeginClose(code, reason))
        {
            // RFC 6455 5.5.1: the code is echoed; a close without one is answered without one, which an empty payload says
            var answer = code == CloseCodes.NoStatus ? FrameWriter.Control(Opcode.Close, []) : FrameWriter.Close(code, null);
            Rooms.LeaveAll();
            Outbox.Lane.Post(LaneItem.Close(Outbox, Frame.FromWire(answer)));
        }
    }

    /// <summary>Completes when the close frame has gone out or never will.</summary>
    public Task WhenCloseWritten()
    {
        lock (_gate)
        {
            _closeWritten ??= NewSignal();
            return Outbox.Lane.WhenComplete(_closeWritten);
        }
    }

    /// <summary>Completes when the connection has ended.</summary>
    public Task WhenEnded()
    {
        lock (_gate)
        {
            return Outbox.Lane.WhenComplete(_retired ??= NewSignal());
        }
    }

    /// <summary>Cuts the transport.</summary>
    public void Abort() => Output.Abort();

    /// <summary>The session is over: leaves every room and waits until no lane touches the output any more.</summary>
    /// <remarks>Throws, once that is done, what the application's callbacks of <see cref="Closed"/> have thrown.</remarks>
    public Task EndAsync()
    {
        BeginClose(CloseCode, CloseReason);
        Rooms.LeaveAll();
        Task retired;
        CancellationTokenSource? closed;
        lock (_gate)
        {
            _ended = true;
            closed = _closed;
            retired = Outbox.Lane.WhenComplete(_retired ??= NewSignal());
        }

        Outbox.Lane.Post(LaneItem.Retire(Outbox));
        return closed is null ? retired : Task.WhenAll(retired, closed.CancelAsync());
    }

    void IOutboxOwner.Overflowed()
    {
        BeginClose(CloseCodes.SlowReader, "The connection reads too slowly.");
        Rooms.LeaveAll();
    }

    void IOutboxOwner.Drained() => CatchUp?.Drained();

    void IOutboxOwner.Unconfirmed()
    {
        BeginClose(CloseCodes.SlowReader, Outbox.SlowToConfirm);
        Rooms.LeaveAll();
    }

    void IOutboxOwner.GivenUp(IReadOnlyList<Frame> messages) => GivenUpMessages?.Report(this, messages);

    void IOutboxOwner.CloseWritten() => Signal(ref _closeWritten);

    void IOutboxOwner.WriteFailed()
    {
        Signal(ref _closeWritten);
        Abort();
    }

    void IOutboxOwner.Retired()
    {
        Signal(ref _closeWritten);
        Signal(ref _retired);
    }

    private bool BeginClose(ushort code, string reason)
    {
        lock (_gate)
        {
            if (_closing)
            {
                return false;
            }

            ClosingSince = _clock.Now;
            CloseCode = code;
            CloseReason = reason;
            Volatile.Write(ref _closing, true);
        }

        Watch?.Soon(this); // where it is not registered yet, it is looked at as soon as it is
        return true;
    }

    private void Signal(ref TaskCompletionSource? signal)
    {
        TaskCompletionSource set;
        lock (_gate)
        {
            set = signal ??= NewSignal();
        }

        Outbox.Lane.Complete(set);
    }

    private static CancellationTokenSource CancelledSource()
    {
        var source = new CancellationTokenSource();
        source.Cancel();
        return source;
    }

    private TaskCompletionSource NewSignal() => Outbox.Lane.NewSignal();
}
