using WsCore.Delivery;
using WsCore.History;

namespace WsCore.TestKit.History;

/// <summary>Keeps what it was given, in the order in which it came.</summary>
internal sealed class RecordingSink : IHistorySink
{
    private readonly Lock _gate = new();
    private readonly List<(string Epoch, long Seq, Frame Frame, Draft? Draft)> _deliveries = [];

    public (string Epoch, long Seq, Frame Frame, Draft? Draft)[] Deliveries
    {
        get
        {
            lock (_gate)
            {
                return [.. _deliveries];
            }
        }
    }

    public long[] Numbers => [.. Deliveries.Select(delivery => delivery.Seq)];

    /// <summary>Epochs that were told before there was a message.</summary>
    public List<string> Begun { get; } = [];

    /// <summary>How often it was told that messages are gone.</summary>
    public int TimesOvertaken { get; private set; }

    /// <summary>Where it is set, nothing more is to come until it completes.</summary>
    public TaskCompletionSource? Full { get; set; }

    /// <summary>How often somebody had to wait for that.</summary>
    public int TimesFull { get; private set; }

    public ValueTask WaitForRoomAsync()
    {
        if (Full is not { } full)
        {
            return default;
        }

        TimesFull++;
        return new(full.Task);
    }

    public void Begin(string epoch)
    {
        lock (_gate)
        {
            Begun.Add(epoch);
        }
    }

    public void Overtaken()
    {
        lock (_gate)
        {
            TimesOvertaken++;
        }
    }

    public void Deliver(string epoch, long seq, Frame frame, Draft? draft)
    {
        lock (_gate)
        {
            _deliveries.Add((epoch, seq, frame, draft));
        }
    }
}
