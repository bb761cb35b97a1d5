using WsCore.LoadTests.Checking;
using WsCore.LoadTests.Measuring;
using WsCore.LoadTests.Peers;

namespace WsCore.LoadTests.Scenarios;

/// <summary>A virtual user in a room: measures and checks what arrives.</summary>
/// <param name="context">The run.</param>
/// <param name="room">Where it is.</param>
/// <param name="place">Which of the room's senders it is; -1 where it only listens.</param>
/// <param name="senders">How many of them there are.</param>
internal class Member(ScenarioContext context, Room room, int place, int senders) : IPeerEvents
{
    /// <summary>How a message is counted that nobody sent to this room.</summary>
    public const string ForeignMessage = "foreign-message";

    private readonly LatencyHistogram _deliver = context.Metrics.Step(StepNames.Deliver);
    private readonly LatencyHistogram _deliverSent = context.Metrics.Step(StepNames.DeliverSent);
    private long _lastSeq;
    private bool _isThere;

    protected ScenarioContext Context => context;

    public Room Room => room;

    public int Place => place;

    public DeliveryCheck Check { get; } = new(senders);

    /// <summary>Set before it is connected.</summary>
    public IPeer Peer { get; set; } = null!;

    /// <summary>It was connected and nobody has ended it, but for a cut that its client is to repair.</summary>
    public bool IsThere => Volatile.Read(ref _isThere);

    /// <summary>Tells that its connection is open.</summary>
    public void Enter()
    {
        Volatile.Write(ref _isThere, true);
        context.Metrics.Open.Add(1);
        context.Metrics.Opened.Add(1);
    }

    public void OnMessage(in Stamp stamp, long seq, string? reliableId, int attempt, bool recovered)
    {
        if (!room.Sent(stamp))
        {
            OnForeignMessage();
        }
        else if (stamp.Sender != place)
        {
            Receive(stamp, seq, reliableId, attempt);
        }
        else if (!recovered)
        {
            context.Metrics.Duplicates.Add(1); // nobody asked for an echo
        }
    }

    /// <summary>A message that another member sent to the room.</summary>
    protected virtual void Receive(in Stamp stamp, long seq, string? reliableId, int attempt)
    {
        Measure(stamp);
        switch (Check.Receive(stamp.Sender, stamp.Number))
        {
            case Verdict.Duplicate:
                context.Metrics.Duplicates.Add(1);
                return;
            case Verdict.Late:
                context.Metrics.OutOfOrder.Add(1);
                return;
        }

        // Numbers of one's own messages are missing in between, so they need not be dense.
        if (seq != 0 && seq <= _lastSeq)
        {
            context.Metrics.OutOfOrder.Add(1);
        }

        _lastSeq = seq == 0 ? _lastSeq : seq;
    }

    public void OnForeignMessage() => context.Metrics.Errors.Add(ForeignMessage);

    public virtual void OnError(string code) => context.Metrics.Errors.Add(code);

    public virtual void OnClosed(int code)
    {
        Volatile.Write(ref _isThere, false);
        context.Metrics.Open.Add(-1);
        context.Metrics.Closes.Add($"{code}");
    }

    public virtual void OnReconnected()
    {
        Volatile.Write(ref _isThere, true);
        context.Metrics.Open.Add(1);
        context.Metrics.Opened.Add(1);
    }

    public virtual void OnGap() => context.Metrics.Errors.Add("gap");

    protected void Measure(in Stamp stamp)
    {
        var latency = context.Clock.Micros - stamp.Intended;
        _deliver.Record(latency);
        _deliverSent.Record(latency - stamp.Lag);
        context.Phase?.Record(latency);
        context.Metrics.Delivered.Add(1);
    }
}
