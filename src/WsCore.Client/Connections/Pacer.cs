namespace WsCore.Client.Connections;

/// <summary>
/// Holds back what the server would refuse. It has nine tenths of the server's bucket: the rest is for messages that were sent apart and arrive together.
/// </summary>
/// <remarks>For one thread: the one that sends.</remarks>
internal sealed class Pacer
{
    private readonly TimeProvider _time;
    private readonly double _rate;
    private readonly double _burst;
    private double _tokens;
    private long _filledAt;

    public Pacer(double messagesPerSecond, int burst, TimeProvider time)
    {
        _time = time;
        _rate = messagesPerSecond;
        _burst = Math.Max(1, burst - Math.Max(1, burst / 10));
        _tokens = _burst;
        _filledAt = time.GetTimestamp();
    }

    /// <summary>Takes a token; or tells how long to wait before asking again.</summary>
    public TimeSpan Take()
    {
        if (_rate <= 0)
        {
            return TimeSpan.Zero;
        }

        var now = _time.GetTimestamp();
        _tokens = Math.Min(_burst, _tokens + (_time.GetElapsedTime(_filledAt, now).TotalSeconds * _rate));
        _filledAt = now;
        if (_tokens < 1)
        {
            return TimeSpan.FromMilliseconds(Math.Ceiling((1 - _tokens) / _rate * 1000)); // what is less than a millisecond, the system's timers take for no time at all
        }

        _tokens--;
        return TimeSpan.Zero;
    }
}
