using System.Collections.Frozen;
using System.Diagnostics.Metrics;
using WsCore.Diagnostics;

namespace WsCore.Server.Metrics;

/// <summary>Which instruments are shown to operators.</summary>
internal static class InstrumentSelection
{
    /// <summary>The runtime's own: collections, processor, memory, thread pool.</summary>
    public const string Runtime = "System.Runtime";

    public const string Kestrel = "Microsoft.AspNetCore.Server.Kestrel";

    /// <remarks>
    /// Not the durations of connections and requests: to measure them the platform keeps tags for each request as long as it lives, and here that is as long as a WebSocket.
    /// </remarks>
    private static readonly FrozenSet<string> OfKestrel = new[]
    {
        "kestrel.active_connections", "kestrel.queued_connections", "kestrel.rejected_connections", "kestrel.upgraded_connections",
    }.ToFrozenSet(StringComparer.Ordinal);

    public static IReadOnlyList<string> Meters { get; } = [WsCoreMetrics.MeterName, Runtime, Kestrel];

    /// <summary>What the runtime calls a counter and what rises and falls all the same (.NET 10): a rate of it would mean nothing.</summary>
    public static bool IsGauge(Instrument instrument) =>
        instrument.Meter.Name == Runtime && instrument.Name is "dotnet.thread_pool.queue.length" or "dotnet.thread_pool.thread.count";

    public static bool Includes(Instrument instrument) => instrument.Meter.Name switch
    {
        WsCoreMetrics.MeterName or Runtime => true,
        Kestrel => OfKestrel.Contains(instrument.Name),
        _ => false,
    };
}
