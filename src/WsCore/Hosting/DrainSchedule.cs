namespace WsCore.Hosting;

/// <summary>When each connection of a draining node is closed, and when it is told to go: pure arithmetic.</summary>
/// <remarks>
/// Slots follow each other at <c>Drain:ClosesPerSecond</c>, or faster where the last one would leave its connection no <c>Limits:CloseTimeout</c> before
/// <c>Drain:Timeout</c>. They are closed in steps of <see cref="Step"/>. A connection is told a moment shortly before its slot, so that most have gone by
/// themselves when it comes.
/// </remarks>
/// <param name="count">Connections.</param>
/// <param name="options">Pace and time-out.</param>
/// <param name="closeTimeout">What a connection gets to answer its close frame.</param>
internal sealed class DrainSchedule(int count, DrainOptions options, TimeSpan closeTimeout)
{
    /// <summary>Time between two rounds of closes; what fits into the first is closed at once, so that a node with few connections stops at once.</summary>
    public static readonly TimeSpan Step = TimeSpan.FromMilliseconds(20);

    private static readonly TimeSpan MostNotice = TimeSpan.FromSeconds(1);

    public int Count { get; } = count;

    /// <summary>From the first close to where one after the last would be.</summary>
    public TimeSpan Length { get; } = Spread(count, options, closeTimeout);

    /// <summary>When those are cut who are still there: they have had their time to answer by then.</summary>
    public TimeSpan End { get; } = Least(Spread(count, options, closeTimeout) + closeTimeout, options.Timeout);

    /// <summary>How many are closed once a time has passed.</summary>
    public int Closed(TimeSpan elapsed)
    {
        var steps = (long)(elapsed / Step) + 1;
        return Length <= steps * Step ? Count : (int)Math.Ceiling(Count * (steps * Step / Length));
    }

    /// <summary>When a connection is closed.</summary>
    /// <param name="slot">From 0 to <see cref="Count"/> - 1.</param>
    public TimeSpan CloseAt(int slot)
    {
        var step = Math.Max(0, (long)(Length / Step * slot / Count) - 1); // or the next, or the one after: division rounds
        while (Closed(step * Step) <= slot)
        {
            step++;
        }

        return step * Step;
    }

    /// <summary>The <c>after</c> of a connection, in milliseconds: at most its slot, and earlier by a random part of a second, or of the whole drain where that is short.</summary>
    /// <param name="slot">From 0 to <see cref="Count"/> - 1.</param>
    /// <param name="random">From 0 to 1, another for each.</param>
    public long After(int slot, double random)
    {
        var notice = Least(MostNotice, Length / 4);
        return Math.Max(0, (long)(CloseAt(slot) - notice * random).TotalMilliseconds);
    }

    private static TimeSpan Spread(int count, DrainOptions options, TimeSpan closeTimeout)
    {
        var most = options.Timeout - closeTimeout;
        if (most < options.Timeout / 2)
        {
            most = options.Timeout / 2; // answers that take longer than half of it are not waited for
        }

        return Least(TimeSpan.FromSeconds((double)count / options.ClosesPerSecond), most);
    }

    private static TimeSpan Least(TimeSpan a, TimeSpan b) => a < b ? a : b;
}
