using WsCore.Client.Wire;

namespace WsCore.Client.Connections;

/// <summary>
/// Notices a server that is gone without a word: after <c>interval</c> of silence it asks for a sign of life, and after <c>timeout</c> more of it the connection ends. (The server's own pings are
/// answered inside of the WebSocket, and not seen here.)
/// </summary>
internal sealed class Heartbeat : IDisposable
{
    private readonly Connection _connection;
    private readonly TimeSpan _interval;
    private readonly TimeSpan _timeout;
    private readonly TimeProvider _time;
    private readonly ITimer _timer;
    private long _askedAt;

    public Heartbeat(Connection connection, TimeSpan interval, TimeSpan timeout, TimeProvider time)
    {
        _connection = connection;
        _interval = interval;
        _timeout = timeout;
        _time = time;
        using (ExecutionContext.SuppressFlow()) // or the timer would hold whatever context the first request came in
        {
            _timer = time.CreateTimer(static state => ((Heartbeat)state!).Beat(), this, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
        Again(interval);
    }

    public void Dispose() => _timer.Dispose();

    private void Beat()
    {
        var heard = _connection.Heard;
        var silence = _time.GetElapsedTime(heard);
        if (silence < _interval)
        {
            Again(_interval - silence);
        }
        else if (_askedAt <= heard)
        {
            _askedAt = Math.Max(_time.GetTimestamp(), heard + 1);
            _connection.Outbox.AddUrgent(new Outbound(RequestFrames.Ping, isBinary: false));
            _connection.Outbox.Kick();
            Again(_timeout);
        }
        else
        {
            _connection.Abort(Closure.None, $"The server said nothing for {silence.TotalSeconds:0.#} s.");
        }
    }

    private void Again(TimeSpan due) => _timer.Change(due, Timeout.InfiniteTimeSpan);
}
