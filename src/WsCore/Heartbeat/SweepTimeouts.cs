using WsCore.Hosting;

namespace WsCore.Heartbeat;

/// <summary>What the sweeper measures by, all in milliseconds.</summary>
/// <param name="Interval">Silence until a ping.</param>
/// <param name="Silence">From the ping to the end.</param>
/// <param name="Message">From the first byte of a message to its last.</param>
/// <param name="Close">For the closing handshake, and for the transport after it.</param>
/// <param name="Stall">For a slow reader to fetch its close frame.</param>
internal sealed record SweepTimeouts(long Interval, long Silence, long Message, long Close, long Stall)
{
    public static SweepTimeouts From(WsCoreOptions options) => new(
        (long)options.Heartbeat.Interval.TotalMilliseconds,
        (long)options.Heartbeat.Timeout.TotalMilliseconds,
        (long)options.Limits.MessageTimeout.TotalMilliseconds,
        (long)options.Limits.CloseTimeout.TotalMilliseconds,
        (long)options.Outbox.StallTimeout.TotalMilliseconds);
}
