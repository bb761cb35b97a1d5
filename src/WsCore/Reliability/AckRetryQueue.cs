using WsCore.Delivery;

namespace WsCore.Reliability;

/// <summary>What one connection was sent and has not confirmed.</summary>
/// <remarks>
/// Owned by the lane, through the connection's outbox: nobody else can confirm, and with the connection it ends. When it is due is the business of
/// <see cref="LaneRetries"/>; this knows which message an <c>ack</c> means.
/// </remarks>
internal sealed class AckRetryQueue(Outbox outbox, LaneRetries retries)
{
    private const int KeptCapacity = 64;

    private readonly Dictionary<UInt128, int> _handles = [];
    private long _bytes;

    public Outbox Outbox { get; } = outbox;

    public int Count => _handles.Count;

    /// <summary>Expects a message to be confirmed from now on. False: there are as many as may be, or they have as many bytes.</summary>
    public bool TryAdd(Frame first)
    {
        if (_handles.Count >= retries.MaxPending || (_handles.Count > 0 && _bytes + first.Length > retries.MaxPendingBytes))
        {
            return false;
        }

        ref var handle = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_handles, first.Reliable!.Id, out var known);
        if (!known)
        {
            handle = retries.Add(this, first);
            _bytes += first.Length;
        }

        return true;
    }

    /// <summary>The client has these. Ids that it was not sent, or that it has confirmed before, mean nothing.</summary>
    public void Confirm(ReadOnlySpan<UInt128> ids)
    {
        foreach (var id in ids)
        {
            if (_handles.Remove(id, out var handle))
            {
                _bytes -= retries.Confirm(handle);
            }
        }

        Shrink();
    }

    /// <summary>A message was given up.</summary>
    public void Forget(Frame first)
    {
        if (_handles.Remove(first.Reliable!.Id))
        {
            _bytes -= first.Length;
        }

        Shrink();
    }

    /// <summary>The connection is over: nothing comes again.</summary>
    public void Abandon()
    {
        foreach (var handle in _handles.Values)
        {
            retries.Abandon(handle);
        }

        _handles.Clear();
        _bytes = 0;
    }

    private void Shrink()
    {
        if (_handles.Count == 0 && _handles.Capacity > KeptCapacity)
        {
            _handles.TrimExcess(); // a burst does not stay in memory
        }
    }
}
