using System.Diagnostics.Metrics;
using WsCore.Delivery;
using WsCore.Hosting;

namespace WsCore.Diagnostics;

/// <summary>What is read off a node when somebody measures: its connections, rooms and lanes.</summary>
internal static class NodeGauges
{
    public static void Register(Meter meter, Node node)
    {
        var lanes = node.Lanes;
        meter.CreateObservableUpDownCounter("wscore.connections", () => node.Connections.Count, "{connection}", "Connections now.");
        meter.CreateObservableUpDownCounter("wscore.rooms", () => node.Rooms.Count, "{room}", "Rooms with members now.");
        meter.CreateObservableUpDownCounter("wscore.rate_limited.shared", () => node.RateLimits.Shared, "{bucket}", "Users and addresses whose rates are kept now: those that are connected, and those that were and have not refilled.");
        meter.CreateObservableGauge("wscore.lane.inbox", () => Sum(lanes, static lane => lane.Waiting), "{item}", "Items that wait for lanes now.");
        meter.CreateObservableCounter("wscore.messages.delivered", () => Sum(lanes, static lane => lane.Counters.Frames), "{frame}", "Frames put into outboxes.");
        meter.CreateObservableCounter("wscore.output.size", () => Sum(lanes, static lane => lane.Counters.Bytes), "By", "Bytes handed to transports.");
        meter.CreateObservableCounter("wscore.output.writes", () => Sum(lanes, static lane => lane.Counters.Writes), "{write}", "Writes to transports; fewer than frames where frames share them.");
        meter.CreateObservableCounter("wscore.lane.turns", () => Sum(lanes, static lane => lane.Counters.Turns), "{turn}", "Turns of lanes.");
        meter.CreateObservableCounter("wscore.outbox.dropped.ephemeral", () => Sum(lanes, static lane => lane.Counters.DroppedEphemeral), "{frame}", "Ephemeral messages dropped for slow readers.");
        meter.CreateObservableCounter("wscore.outbox.dropped.closed", () => Sum(lanes, static lane => lane.Counters.DroppedSlow), "{frame}", "Frames dropped with a connection that was closed as a slow reader.");
        meter.CreateObservableCounter("wscore.slow_readers", () => Sum(lanes, static lane => lane.Counters.SlowReaders), "{connection}", "Connections closed as slow readers.");
        meter.CreateObservableGauge("wscore.drain.remaining", () => node.IsStopping ? node.Connections.Count : 0, "{connection}", "Connections that a stopping node still has; 0 before it stops.");
        meter.CreateObservableCounter("wscore.drain.cut", () => node.DrainCut, "{connection}", "Connections that were cut at the end of the drain.");
    }

    private static long Sum(Lanes lanes, Func<Lane, long> read)
    {
        long sum = 0;
        foreach (var lane in lanes.All)
        {
            sum += read(lane);
        }

        return sum;
    }
}
