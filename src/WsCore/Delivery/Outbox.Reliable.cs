using WsCore.Framing;
using WsCore.Reliability;

namespace WsCore.Delivery;

/// <content>What the connection has yet to confirm.</content>
internal sealed partial class Outbox
{
    private static readonly Frame UnconfirmedClose = Frame.FromWire(FrameWriter.Close(CloseCodes.SlowReader, SlowToConfirm));

    private AckRetryQueue? _unconfirmed;

    /// <summary>Reason of the close for too many unconfirmed messages.</summary>
    public const string SlowToConfirm = "The connection confirms too slowly.";

    /// <summary>Whether to send an unconfirmed message again now.</summary>
    /// <remarks>
    /// Not while a write has been stuck for a while: then an earlier copy may not have left yet, and another would only lie beside it. Nor when a quarter of
    /// the bound is taken and the transport takes no more: a thousand large messages that fall due together must not make a slow reader of one that reads. Such a message waits,
    /// and the attempt is not counted.
    /// </remarks>
    internal bool MayRetry()
    {
        if (Bytes > bounds.Bytes / 4 && !_holding)
        {
            Write();
        }

        return Takes && !_holding && !IsStuck && Bytes <= bounds.Bytes / 4;
    }

    /// <summary>The client has these messages; those that it was not sent mean nothing.</summary>
    public void Confirm(ReadOnlySpan<UInt128> ids) => _unconfirmed?.Confirm(ids);

    /// <summary>Expects a message to be confirmed. False: one too many; the connection closes.</summary>
    private bool Track(Frame frame)
    {
        _unconfirmed ??= new AckRetryQueue(this, Lane.Retries);
        if (_unconfirmed.TryAdd(frame))
        {
            return true;
        }

        Lane.Counters.ReliableOverflows++;
        DropReader(UnconfirmedClose, OutboxEvent.Unconfirmed);
        return false;
    }

    private void Abandon()
    {
        _unconfirmed?.Abandon();
        _unconfirmed = null;
    }
}
