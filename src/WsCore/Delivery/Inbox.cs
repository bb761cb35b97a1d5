namespace WsCore.Delivery;

/// <summary>What waits for a lane, and who owns the lane.</summary>
/// <remarks>
/// Any thread posts; the owner takes. One short lock guards items and ownership together: whoever posts while nobody owns the lane becomes its owner,
/// and only an owner that finds the inbox empty gives ownership up. So a post is either seen by the owner or makes one; no wake-up can be lost.
/// <para>
/// The bound is a mark, not a wall: posts never fail or wait, because they are made under a room's gate. Whoever posts for a client or the
/// application looks at <see cref="IsFull"/> and awaits <see cref="WaitAsync"/> between one request and the next; so what is beyond the mark is at most one
/// request per connection.
/// </para>
/// </remarks>
internal sealed class Inbox(int maxItems, long maxBytes, LaneScheduler scheduler)
{
    /// <summary>Deliveries that one turn may have before it: a few tenths of a second of a processor.</summary>
    public const int MaxDeliveries = 1_000_000;

    private readonly Lock _gate = new();
    private LaneItem[] _items = new LaneItem[16];
    private int _count;
    private long _bytes;
    private long _deliveries;
    private bool _owned;
    private TaskCompletionSource? _space;

    /// <summary>Items that wait now; a reading for metrics and tests.</summary>
    public int Count => Volatile.Read(ref _count);

    /// <summary>Over the mark: nobody begins another request.</summary>
    public bool IsFull =>
        Volatile.Read(ref _count) >= maxItems || Volatile.Read(ref _bytes) >= maxBytes || Volatile.Read(ref _deliveries) >= MaxDeliveries;

    /// <summary>Adds an item. True: the caller is the lane's owner now and must run a turn, after it has left its locks.</summary>
    public bool Post(in LaneItem item)
    {
        lock (_gate)
        {
            if (_count == _items.Length)
            {
                Array.Resize(ref _items, _count * 2);
            }

            _items[_count++] = item;
            _bytes += item.Frame?.Length ?? 0;
            _deliveries += item is { Action: LaneAction.Deliver, Target: Part part } ? part.Expected : 1; // posted under the gate that owns the number
            if (_owned)
            {
                return false;
            }

            _owned = true;
            return true;
        }
    }

    /// <summary>Hands everything to the owner, who gives its emptied array back in exchange. False: there was nothing, and the caller is no longer the owner.</summary>
    public bool Take(ref LaneItem[] items, out int count)
    {
        TaskCompletionSource? space;
        lock (_gate)
        {
            count = _count;
            if (count == 0)
            {
                _owned = false;
                return false;
            }

            var taken = _items;
            _items = items.Length > maxItems ? new LaneItem[16] : items;
            items = taken;
            _count = 0;
            _bytes = 0;
            _deliveries = 0;
            space = _space;
            _space = null;
        }

        if (space is not null)
        {
            scheduler.Complete(space);
        }

        return true;
    }

    /// <summary>Completes when the owner has taken what is there; at once when there is room.</summary>
    public Task WaitAsync()
    {
        lock (_gate)
        {
            if (!IsFull)
            {
                return Task.CompletedTask;
            }

            _space ??= scheduler.NewSignal();
            return scheduler.WhenComplete(_space);
        }
    }
}
