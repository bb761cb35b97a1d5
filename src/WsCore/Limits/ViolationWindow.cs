namespace WsCore.Limits;

/// <summary>Counts refusals in windows of ten seconds, each of which begins with a refusal.</summary>
/// <remarks>
/// Not thread-safe. A count and a moment, in place of one moment for each refusal. It never counts two that are ten seconds apart, so nobody is accused wrongly; who
/// divides them well between two windows gets away with up to twice as many.
/// </remarks>
internal struct ViolationWindow
{
    /// <summary>Length of a window.</summary>
    public const int Seconds = 10;

    private long _began;
    private int _count;

    /// <summary>Counts one; returns how many there are in this window.</summary>
    public int Add(long now, long frequency)
    {
        if (_count == 0 || (now > _began && (ulong)now - (ulong)_began >= (ulong)frequency * Seconds))
        {
            (_began, _count) = (now, 0);
        }

        return ++_count;
    }
}
