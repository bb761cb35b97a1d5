namespace WsCore.Client.Connections;

/// <summary>
/// Holds back what the server would refuse. It has nine tenths of the server's bucket: the rest is for messages that were sent apart and arrive together.
/// </summary>
/// <remarks>For one thread: the one that sends.</remarks>
internal sealed class Pacer
{
    private readonly TimeProvider _time;
    private readonly double _rate;
    private readonly int _reserve;
    private readonly double _burst;
    private double _tokens;
    private long _filledAt;

    public Pacer(double messagesPerSecond, int burst, TimeProvider time)
    {
        _time = time;
        _rate = messagesPerSecond;
        _reserve = Math.Max(1, burst / 10);
        _burst = Math.Max(1, burst - _reserve);
        _tokens = _burst;
        _filledAt = time.GetTimestamp();
    }

    /// <summary>Takes a token; or tells how long to wait before asking again. What is urgent may have the last tenth too: over that the server would refuse it.</summary>
    public TimeSpan Take(bool isUrgent)
    {
        if (_rate <= 0)
        {
            return TimeSpan.Zero;
        }

        var now = _time.GetTimestamp();
        _tokens = Math.Min(_burst, _tokens + (_time.GetElapsedTime(_filledAt, now).TotalSeconds * _rate));
        _filledAt = now;
        var least = isUrgent ? 1 - _reserve : 1;
        if (_tokens < least)
        {
            return TimeSpan.FromMilliseconds(Math.Ceiling((least - _tokens) / _rate * 1000)); // what is less than a millisecond, the system's timers take for no time at all
        }

        _tokens--;
        return TimeSpan.Zero;
    }
}
