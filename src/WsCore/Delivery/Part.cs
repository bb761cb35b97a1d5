namespace WsCore.Delivery;

/// <summary>The subscriptions of one room that belong to one lane.</summary>
/// <remarks>Owned by the lane, changed and read only in its turns. <see cref="Expected"/> belongs to the room, under its gate: it runs ahead of the lane.</remarks>
internal sealed class Part(Lane lane)
{
    private Entry[] _entries = [];
    private int _count;

    public Lane Lane { get; } = lane;

    /// <summary>How many subscriptions there will be once the lane has worked through its inbox.</summary>
    public int Expected { get; set; }

    public int Count => _count;

    /// <summary>How many of them are paused.</summary>
    public int Paused { get; set; }

    /// <summary>Outboxes beside their subscriptions, so that a delivery walks one array.</summary>
    public ReadOnlySpan<Entry> Entries => _entries.AsSpan(0, _count);

    public void Add(Subscription subscription)
    {
        if (_count == _entries.Length)
        {
            Array.Resize(ref _entries, Math.Max(2, _count * 2));
        }

        subscription.Index = _count;
        _entries[_count++] = new Entry(subscription.Outbox, subscription);
    }

    public void Remove(Subscription subscription)
    {
        var index = subscription.Index;
        if (index < 0)
        {
            return;
        }

        subscription.Pause(paused: false);
        var last = _entries[--_count];
        _entries[index] = last;
        last.Subscription.Index = index;
        _entries[_count] = default;
        subscription.Index = -1;
        if (_count < _entries.Length / 4)
        {
            Array.Resize(ref _entries, _entries.Length / 2); // a room that was full once does not stay large
        }
    }

    /// <summary>One row of a part.</summary>
    internal readonly record struct Entry(Outbox Outbox, Subscription Subscription);
}
