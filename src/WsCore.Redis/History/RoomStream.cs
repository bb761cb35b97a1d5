using WsCore.Delivery;
using WsCore.History;
using WsCore.Protocol;
using WsCore.Redis.Bus;
using WsCore.Redis.Link;
using WsCore.Rooms;

namespace WsCore.Redis.History;

/// <summary>What comes of one room, brought into its order: from the channel, from the answers to this node's own appends, and from repairs.</summary>
/// <remarks>
/// Thread-safe. It asks Redis nothing: each call tells by its <see cref="Need"/> what is to be asked. The sink is called under the gate, by whichever thread has brought the next number.
/// <para>
/// A channel keeps its order, so a message of it that leaves out numbers tells that these are lost. The answer to an append tells nothing of the kind: it comes another
/// way, and others' messages before it may still be on theirs. What is ahead waits here, up to <see cref="MaxAhead"/> messages and <see cref="MaxAheadBytes"/>; what is
/// beyond that is not kept but read from Redis.
/// </para>
/// <para>
/// Which of two epochs is the newer one cannot be told by looking at them, so another epoch than the present one is not believed but looked up: only a repair changes the epoch.
/// </para>
/// </remarks>
internal sealed class RoomStream(RoomName room, Topic topic, HistoryRules rules, HistoryMetrics metrics)
{
    /// <summary>Messages that wait for those before them.</summary>
    public const int MaxAhead = 1024;

    /// <summary>Bytes of their payloads.</summary>
    public const int MaxAheadBytes = 4 * 1024 * 1024;

    private readonly Lock _gate = new();
    private readonly Dictionary<UInt128, OwnAppend> _own = [];
    private SortedDictionary<long, BusEnvelope>? _ahead;
    private List<(string Epoch, StoredMessage Message)>? _early; // what came before the position was known
    private IHistorySink? _sink;
    private Position _opened; // the place of the last message that nobody here was to get
    private string? _epoch; // null: the position is not known yet
    private long _last;
    private long _heard; // the newest number of the epoch that anybody told of
    private int _aheadBytes;
    private bool _missedEarly;
    private bool _closed;
    private bool _repairing;
    private bool _repairAgain;
    private long _quietSince;

    public RoomName Room { get; } = room;

    public Topic Topic { get; } = topic;

    /// <summary>What the room keeps; those of the newest attachment.</summary>
    public HistoryRules Rules { get; private set; } = rules;

    /// <summary>Is subscribed and knows its position, or fails; run by whoever asks first. Set before others can see the stream.</summary>
    public required Lazy<Task> Opened { get; init; }

    /// <summary>When it was looked at last, or something came; a timestamp. A reading.</summary>
    public long QuietSince
    {
        get => Volatile.Read(ref _quietSince);
        set => Volatile.Write(ref _quietSince, value);
    }

    /// <summary>The newest position that was delivered; null: not known yet.</summary>
    public Position? Delivered
    {
        get
        {
            lock (_gate)
            {
                return _epoch is null ? null : new Position(_epoch, _last);
            }
        }
    }

    /// <summary>The newest position heard of; null: none yet.</summary>
    public Position? Known
    {
        get
        {
            lock (_gate)
            {
                return _epoch is null ? null : new Position(_epoch, _heard);
            }
        }
    }

    /// <summary>Numbers are known that have not been delivered.</summary>
    public bool IsBehind
    {
        get
        {
            lock (_gate)
            {
                return !_closed && _epoch is not null && _last < _heard;
            }
        }
    }

    public bool IsClosed => Volatile.Read(ref _closed);

    /// <summary>Completes when whoever the messages go to can take more; under no lock.</summary>
    public ValueTask WaitForRoomAsync() => Volatile.Read(ref _sink)?.WaitForRoomAsync() ?? default;

    /// <summary>Gives what comes from now on to a sink. False: the stream is closed, or its position is not known yet.</summary>
    public bool TryAttach(HistoryRules newRules, IHistorySink sink, out Position position)
    {
        lock (_gate)
        {
            position = new Position(_epoch ?? "", _last);
            if (_closed || _epoch is null)
            {
                return false;
            }

            (_sink, Rules) = (sink, newRules);
            return true;
        }
    }

    /// <summary>Closes the stream, if this is its sink.</summary>
    public bool Detach(IHistorySink sink)
    {
        lock (_gate)
        {
            if (!ReferenceEquals(_sink, sink))
            {
                return false;
            }

            Close();
            return true;
        }
    }

    /// <summary>Ends it: nothing more is delivered, and nobody waits for it any more.</summary>
    public void Close()
    {
        lock (_gate)
        {
            _closed = true;
            _sink = null;
            foreach (var own in _own.Values)
            {
                own.Settle(OwnState.Passed);
            }

            _own.Clear();
            (_ahead, _early) = (null, null);
        }
    }

    /// <summary>Messages may have been lost until now: a position that is still on its way may be from before that.</summary>
    public void Doubt()
    {
        lock (_gate)
        {
            _missedEarly |= _epoch is null;
        }
    }

    /// <summary>The room's position, read after the subscription began.</summary>
    public Need Open(Position position)
    {
        lock (_gate)
        {
            if (_closed || _epoch is not null)
            {
                return Need.Nothing;
            }

            (_opened, _epoch, _last, _heard, _aheadBytes) = (position, position.Epoch, position.Seq, position.Seq, 0);
            var need = _missedEarly ? Need.Repair : Need.Nothing;
            foreach (var (epoch, message) in _early ?? [])
            {
                need = Greater(need, Offer(epoch, message, inOrder: true));
            }

            _early = null;
            PassOver();
            return need;
        }
    }

    /// <summary>A message that came by the channel.</summary>
    public Need Receive(string epoch, StoredMessage message)
    {
        lock (_gate)
        {
            return Offer(epoch, message, inOrder: true);
        }
    }

    /// <summary>Something of this node is about to be appended. False: the stream is closed.</summary>
    public bool TryAdd(OwnAppend own)
    {
        lock (_gate)
        {
            return !_closed && _own.TryAdd(own.Envelope.Id, own);
        }
    }

    /// <summary>The answer to an append.</summary>
    public Need Answer(OwnAppend own, Position position)
    {
        lock (_gate)
        {
            own.Position = position;
            if (own.State != OwnState.Waiting)
            {
                return Need.Nothing; // its echo was faster
            }

            var need = Offer(position.Epoch, new StoredMessage(position.Seq, own.Envelope), inOrder: false);
            PassOver();
            return need;
        }
    }

    /// <summary>The draft is not to be touched any more.</summary>
    /// <returns>What had become of it by then.</returns>
    public OwnState Withdraw(OwnAppend own)
    {
        lock (_gate)
        {
            var state = own.State;
            own.Settle(OwnState.Withdrawn);
            if (_own.GetValueOrDefault(own.Envelope.Id) == own)
            {
                _own.Remove(own.Envelope.Id);
            }

            return state;
        }
    }

    /// <summary>Completes when the sink has got the draft, or will not.</summary>
    public Task WhenSettled(OwnAppend own)
    {
        lock (_gate)
        {
            return own.Settled;
        }
    }

    /// <summary>What Redis says the room's position is, or was a moment ago.</summary>
    public Need Hear(Position position)
    {
        lock (_gate)
        {
            if (_closed || _epoch is null)
            {
                return Need.Nothing;
            }

            if (position.Epoch != _epoch)
            {
                return Need.Repair;
            }

            _heard = Math.Max(_heard, position.Seq);
            return _last < _heard ? Need.Patience : Need.Nothing;
        }
    }

    /// <summary>True: the caller is to read and <see cref="Apply"/> until <see cref="TryEndRepair"/>. False: somebody is at it already, and will read once more.</summary>
    public bool TryBeginRepair()
    {
        lock (_gate)
        {
            _repairAgain = true;
            return !_closed && !_repairing && (_repairing = true);
        }
    }

    /// <summary>What to read next, and the newest position heard of; null where the stream is closed.</summary>
    public (Position Since, Position Known)? NextRepair()
    {
        lock (_gate)
        {
            _repairAgain = false;
            return _closed || _epoch is null ? null : (new Position(_epoch, _last), new Position(_epoch, _heard));
        }
    }

    /// <summary>False: something has come up meanwhile, so the repair goes on.</summary>
    /// <param name="evenSo">It ends all the same.</param>
    public bool TryEndRepair(bool evenSo = false)
    {
        lock (_gate)
        {
            if (_repairAgain && !_closed && !evenSo)
            {
                return false;
            }

            _repairing = false;
            return true;
        }
    }

    /// <summary>What was read from Redis after a position of the stream.</summary>
    public Need Apply(in StoredPage page, Position since)
    {
        lock (_gate)
        {
            if (_closed || since.Epoch != _epoch)
            {
                return _closed || page.Epoch == _epoch ? Need.Nothing : Need.Repair; // asked for in an epoch that is over; which of the others is the newest is read again
            }

            if (page.Epoch != _epoch)
            {
                Begin(page.Epoch);
            }

            _heard = Math.Max(_heard, page.Last);
            foreach (var message in page.Messages)
            {
                if (message.Seq > _last && message.Seq <= page.To)
                {
                    DeliverAhead(message.Seq - 1);
                    Skip(message.Seq - 1);
                    DeliverNext(message);
                    if (_ahead?.ContainsKey(message.Seq) != true)
                    {
                        metrics.Repaired();
                    }
                }
            }

            DeliverAhead(page.To);
            Skip(page.To);
            DeliverAhead(long.MaxValue, stopAtGap: true);
            PassOver();
            return _last < page.Last ? Need.Repair : _last < _heard ? Need.Patience : Need.Nothing;
        }
    }

    private static Need Greater(Need a, Need b) => a > b ? a : b;

    // All of the following under the gate.

    private Need Offer(string epoch, in StoredMessage message, bool inOrder)
    {
        if (_closed)
        {
            return Need.Nothing;
        }

        if (_epoch is null)
        {
            if ((_early ??= []).Count < MaxAhead && TakeBytes(message))
            {
                _early.Add((epoch, message));
            }
            else
            {
                _missedEarly = true;
            }

            return Need.Nothing;
        }

        if (epoch != _epoch)
        {
            return Need.Repair;
        }

        _heard = Math.Max(_heard, message.Seq);
        if (message.Seq == _last + 1)
        {
            DeliverNext(message);
            DeliverAhead(long.MaxValue, stopAtGap: true);
            return Need.Nothing;
        }

        if (message.Seq > _last && (_ahead ??= []).Count < MaxAhead && !_ahead.ContainsKey(message.Seq) && TakeBytes(message))
        {
            _ahead.Add(message.Seq, message.Envelope);
        }

        return message.Seq <= _last ? Need.Nothing : inOrder ? Need.Repair : Need.Patience;
    }

    private bool TakeBytes(in StoredMessage message)
    {
        if (_aheadBytes + message.Envelope.Payload.Length > MaxAheadBytes)
        {
            return false;
        }

        _aheadBytes += message.Envelope.Payload.Length;
        return true;
    }

    // Numbers up to this one are gone, if they have not been delivered by now.
    private void Skip(long seq)
    {
        if (_last < seq)
        {
            _last = seq;
            metrics.Overtaken();
            _sink?.Overtaken();
        }
    }

    private void DeliverAhead(long until, bool stopAtGap = false)
    {
        while (_ahead is { Count: > 0 })
        {
            var (seq, envelope) = _ahead.First();
            if (seq > until || (stopAtGap && seq > _last + 1))
            {
                return;
            }

            _ahead.Remove(seq);
            _aheadBytes -= envelope.Payload.Length;
            if (seq > _last)
            {
                Skip(seq - 1);
                DeliverNext(new StoredMessage(seq, envelope));
            }
        }
    }

    private void DeliverNext(in StoredMessage message)
    {
        _last = message.Seq;
        _heard = Math.Max(_heard, _last);
        _own.Remove(message.Envelope.Id, out var own);
        if (own is not null)
        {
            own.Position = new Position(_epoch!, _last);
        }

        if (_sink is null)
        {
            own?.Settle(OwnState.Passed);
            return;
        }

        var draft = own?.Append.Draft;
        Frame frame;
        try
        {
            frame = draft?.Number(_epoch!, _last) ?? message.ToFrame();
        }
        catch (Exception exception) when (draft is not null)
        {
            own!.Settle(OwnState.Failed, exception);
            (draft, frame) = (null, message.ToFrame()); // the others get it, so this node's members do
        }

        _sink.Deliver(_epoch!, _last, frame, draft);
        own?.Settle(OwnState.Delivered);
    }

    private void Begin(string epoch)
    {
        if (_last > 0)
        {
            metrics.EpochBegun();
        }

        foreach (var own in _own.Values.Where(own => own.Position?.Epoch == _epoch).ToList())
        {
            Pass(own); // the life that it has its place in is over
        }

        (_epoch, _last, _heard, _aheadBytes) = (epoch, 0, 0, 0);
        _ahead = null;
        _sink?.Begin(epoch);
    }

    // Whoever waits for a place that was left out waits no more.
    private void PassOver()
    {
        if (_own.Count == 0)
        {
            return;
        }

        foreach (var own in _own.Values.Where(own => own.Position is { } position && position.Epoch == _epoch && position.Seq <= _last).ToList())
        {
            Pass(own);
        }
    }

    private void Pass(OwnAppend own)
    {
        _own.Remove(own.Envelope.Id);
        var wasBefore = own.Position is { } place && place.Epoch == _opened.Epoch && place.Seq <= _opened.Seq;
        own.Settle(_sink is null || own.IsLate || wasBefore ? OwnState.Passed : OwnState.Lost);
    }
}
