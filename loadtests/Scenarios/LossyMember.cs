using WsCore.LoadTests.Checking;
using WsCore.LoadTests.Raw;

namespace WsCore.LoadTests.Scenarios;

/// <summary>A member that loses a part of the reliable messages the first time, or their confirmations.</summary>
internal sealed class LossyMember(ScenarioContext context, Room room, int place, int senders) : Member(context, room, place, senders)
{
    private readonly Random _random = new();
    private readonly HashSet<(int Sender, int Number)> _withheld = [];
    private long _count;
    private int _unconfirmed;

    /// <summary>How many it did not confirm the first time.</summary>
    public long Withheld => Volatile.Read(ref _count);

    /// <summary>How many of them have not come again yet.</summary>
    public int Unconfirmed => Volatile.Read(ref _unconfirmed);

    protected override void Receive(in Stamp stamp, long seq, string? reliableId, int attempt)
    {
        if (reliableId is null)
        {
            Context.Metrics.Errors.Add("not-reliable");
            return;
        }

        if (attempt == 1 && _random.NextDouble() is var draw && draw < Context.Options.Lossy)
        {
            _withheld.Add((stamp.Sender, stamp.Number));
            Volatile.Write(ref _unconfirmed, _withheld.Count);
            Volatile.Write(ref _count, _count + 1);
            if (draw < Context.Options.Lossy / 2)
            {
                base.Receive(stamp, seq, reliableId, attempt); // handled; only the confirmation is lost
            }

            return;
        }

        if (attempt == 1)
        {
            base.Receive(stamp, seq, reliableId, attempt);
        }
        else
        {
            Repeated(stamp);
        }

        ((RawPeer)Peer).Confirm(reliableId);
    }

    // Exempt from order, and a duplicate only where the first was confirmed.
    private void Repeated(in Stamp stamp)
    {
        Context.Metrics.Retries.Add(1);
        if (_withheld.Remove((stamp.Sender, stamp.Number)))
        {
            Volatile.Write(ref _unconfirmed, _withheld.Count);
            if (!Check.Has(stamp.Sender, stamp.Number))
            {
                Check.Receive(stamp.Sender, stamp.Number);
                Context.Metrics.Delivered.Add(1);
            }
        }
        else
        {
            Context.Metrics.Duplicates.Add(1);
        }
    }
}
