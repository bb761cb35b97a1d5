using Microsoft.Extensions.Logging;
using WsCore.Connections;
using WsCore.Dispatch;
using WsCore.Framing;
using WsCore.Protocol;

namespace WsCore.Hosting;

/// <summary>Lets the connections of a node go, once: tells each when to leave, closes at a pace those that have not left, cuts the rest.</summary>
/// <remarks>
/// <see cref="RunAsync"/> is called once. One timer of the node's clock does the rest on its own thread, one tick at a time: it closes whom the
/// <see cref="DrainSchedule"/> says. Connections that open meanwhile find the node stopping and close themselves.
/// </remarks>
internal sealed partial class Drain(Node node, Random random, ILogger logger)
{
    private readonly TaskCompletionSource _timedOut = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Connection[] _connections = [];
    private DrainSchedule _schedule = new(0, node.Options.Drain, TimeSpan.Zero);
    private long _started;
    private int _closed;
    private int _ticking;

    /// <summary>Completes when nobody is left, or when the rest has been cut.</summary>
    /// <param name="cancellation">The host's patience; its end cuts the rest.</param>
    public async Task RunAsync(CancellationToken cancellation)
    {
        node.Stop(); // from here on whoever comes is refused or closes itself; so nobody is missing below
        var begun = node.Time.GetTimestamp();
        _connections = [.. node.Connections.Where(static connection => !connection.IsClosing)];
        _schedule = new DrainSchedule(_connections.Length, node.Options.Drain, node.Options.Limits.CloseTimeout);
        Begun(logger, _connections.Length, (long)_schedule.Length.TotalMilliseconds);
        try
        {
            await TellAsync(cancellation).ConfigureAwait(false);
            await CloseAsync(cancellation).ConfigureAwait(false);
        }
        catch (OperationCanceledException)
        {
            // the host's patience is over; what is left is cut
        }

        var cut = Cut();
        Ended(logger, (long)node.Time.GetElapsedTime(begun).TotalMilliseconds, cut);
    }

    private async ValueTask TellAsync(CancellationToken cancellation)
    {
        for (var slot = 0; slot < _connections.Length; slot++)
        {
            // As for whoever else publishes: no lane gets more than it can carry away.
            if (!node.Lanes.HaveRoom)
            {
                await node.Lanes.WaitForRoomAsync().AsTask().WaitAsync(cancellation).ConfigureAwait(false);
            }

            var farewell = Replies.Make(
                _schedule.After(slot, random.NextDouble()), static (buffer, after) => EnvelopeWriter.Reconnect(buffer, after, Node.StoppingReason));
            _connections[slot].Send(farewell);
        }
    }

    private async Task CloseAsync(CancellationToken cancellation)
    {
        _started = node.Time.GetTimestamp();
        Tick();
        var empty = node.Connections.WhenEmpty();
        if (empty.IsCompleted)
        {
            return;
        }

        using var timer = node.Time.CreateTimer(_ => Tick(), null, DrainSchedule.Step, DrainSchedule.Step);
        await Task.WhenAny(empty, _timedOut.Task).WaitAsync(cancellation).ConfigureAwait(false);
    }

    private void Tick()
    {
        if (Interlocked.Exchange(ref _ticking, 1) != 0)
        {
            return; // the last one is still at work; the next makes up for it
        }

        try
        {
            var elapsed = node.Time.GetElapsedTime(_started);
            for (var due = _schedule.Closed(elapsed); _closed < due; _closed++)
            {
                Close(_connections[_closed]);
            }

            if (elapsed >= _schedule.End)
            {
                _timedOut.TrySetResult();
            }
        }
        finally
        {
            Volatile.Write(ref _ticking, 0);
        }
    }

    private void Close(Connection connection)
    {
        try
        {
            connection.Close(CloseCodes.Drain, Node.StoppingReason); // does nothing where it has left
        }
        catch (Exception exception)
        {
            CloseFailed(logger, exception, connection.Id); // on a timer's thread it would end the process, and the others
        }
    }

    private int Cut()
    {
        var cut = 0;
        foreach (var connection in node.Connections)
        {
            Close(connection); // so that 4200 is what is counted and told to hooks
            connection.Abort();
            cut++;
        }

        node.DrainCut = cut;
        return cut;
    }

    [LoggerMessage(EventId = 6003, Level = LogLevel.Information, Message = "Draining {Connections} connections, over {Milliseconds} ms")]
    private static partial void Begun(ILogger logger, int connections, long milliseconds);

    [LoggerMessage(EventId = 6004, Level = LogLevel.Information, Message = "Drained in {Milliseconds} ms; {Cut} connections had to be cut")]
    private static partial void Ended(ILogger logger, long milliseconds, int cut);

    [LoggerMessage(EventId = 6005, Level = LogLevel.Error, Message = "Closing connection {Connection} failed")]
    private static partial void CloseFailed(ILogger logger, Exception exception, string connection);
}
