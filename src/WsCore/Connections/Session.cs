using System.IO.Pipelines;
using WsCore.Delivery;
using WsCore.Dispatch;
using WsCore.Framing;
using WsCore.Heartbeat;
using WsCore.Limits;

namespace WsCore.Connections;

/// <summary>The read side of a connection, from its first frame to its end.</summary>
/// <remarks>
/// One loop, the only place that awaits bytes. It shares no state with the write side: what it wants sent goes through the lane. After a fault, or once the
/// server has closed, it goes on reading, looking only for the peer's close frame, so that the stream ends with a handshake and not with a reset; the sweeper
/// cuts it when that takes too long.
/// </remarks>
internal sealed class Session(Connection connection, PipeReader input, MessageReader reader, Dispatcher dispatcher, SweepClock clock)
{
    private const int MessagesBeforeYield = 64;

    private bool _discarding;

    /// <summary>Reads until the connection is over. Does not throw for what peers and transports do.</summary>
    public async Task RunAsync()
    {
        try
        {
            await ReadAsync().ConfigureAwait(false);
        }
        catch (Exception exception) when (exception is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // The transport has ended, as transports do: a reset, an abort of ours, a server that stops.
            connection.Abort();
        }
        finally
        {
            reader.Discard(); // an unfinished message too
            reader.Release();
        }
    }

    private async ValueTask ReadAsync()
    {
        var lane = connection.Outbox.Lane;
        while (true)
        {
            var result = await input.ReadAsync().ConfigureAwait(false);
            var buffer = result.Buffer;
            if (!result.IsCanceled) // a server that stops cancels reads; that is no sign of life
            {
                connection.LastReceived = clock.Now;
            }

            var handled = 0;
            while (true)
            {
                if (connection.IsClosing && !_discarding)
                {
                    Discard();
                }

                var status = reader.Read(ref buffer);
                if (status == ReadStatus.NeedMore)
                {
                    break;
                }

                if (!reader.IsMessageOpen)
                {
                    connection.MessageBegan = 0; // what began has ended, if only with a control frame
                }

                if (status == ReadStatus.Close)
                {
                    connection.CloseByPeer(reader.CloseCode, reader.CloseReason);
                    await connection.WhenCloseWritten().ConfigureAwait(false);
                    input.AdvanceTo(buffer.End);
                    return;
                }

                await HandleAsync(status).ConfigureAwait(false);
                if (lane.IsCongested)
                {
                    await lane.WaitAsync().ConfigureAwait(false); // whatever it was, it asked the lane for something
                }
                else if (++handled % MessagesBeforeYield == 0)
                {
                    await Task.Yield(); // the lanes and the other connections want the thread too
                }
            }

            input.AdvanceTo(buffer.Start, buffer.End);
            connection.MessageBegan = !reader.InMessage ? 0 : connection.MessageBegan == 0 ? clock.Now : connection.MessageBegan;
            if (result.IsCompleted)
            {
                await EndOfStreamAsync().ConfigureAwait(false);
                return;
            }
        }
    }

    private ValueTask HandleAsync(ReadStatus status)
    {
        switch (status)
        {
            case ReadStatus.Text or ReadStatus.Binary:
                connection.IsBusy = true;
                var dispatched = dispatcher.DispatchAsync(connection, reader.Payload, status == ReadStatus.Binary);
                if (!dispatched.IsCompletedSuccessfully)
                {
                    return DoneAfterAsync(dispatched);
                }

                Done();
                return default;

            case ReadStatus.Ping:
                if (dispatcher.Allows(connection, RateCost.OfControl(reader.Payload.Length)))
                {
                    var pong = Frame.FromWire(FrameWriter.Control(Opcode.Pong, reader.Payload.Span));
                    connection.Outbox.Lane.Post(LaneItem.ControlPong(connection.Outbox, pong));
                }

                reader.Release();
                return default;

            case ReadStatus.Fault:
                connection.Close(reader.Fault.CloseCode, reader.Fault.Reason);
                Discard();
                return default;

            default: // a pong: life, which every byte is, and not free either
                dispatcher.Allows(connection, RateCost.OfControl(reader.Payload.Length));
                reader.Release();
                return default;
        }
    }

    private async ValueTask DoneAfterAsync(ValueTask dispatched)
    {
        await dispatched.ConfigureAwait(false);
        Done();
    }

    private void Done()
    {
        connection.LastReceived = clock.Now; // before the sweeper looks at it again
        connection.IsBusy = false;
        reader.Release();
    }

    private async ValueTask EndOfStreamAsync()
    {
        if (connection.IsClosing)
        {
            await connection.WhenCloseWritten().ConfigureAwait(false); // the peer may still read our close frame
        }
        else
        {
            connection.Abort(); // no close frame: whatever is unsent has no reader
        }
    }

    private void Discard()
    {
        _discarding = true;
        reader.Discard();
    }
}
