using System.Diagnostics.Metrics;
using WsCore.Delivery;
using WsCore.History;
using WsCore.Hosting;
using WsCore.Presence;
using WsCore.Reliability;

namespace WsCore.Diagnostics;

/// <summary>What is read off a node when somebody measures: its connections, rooms and lanes.</summary>
internal static class NodeGauges
{
    private static readonly (PresenceChangeKind Kind, KeyValuePair<string, object?> Tag)[] Kinds =
    [
        (PresenceChangeKind.Joined, new("kind", "joined")),
        (PresenceChangeKind.Left, new("kind", "left")),
        (PresenceChangeKind.Updated, new("kind", "updated")),
    ];

    private static readonly (FrameType Type, KeyValuePair<string, object?> Tag)[] FrameTypes =
    [
        .. Enum.GetValues<FrameType>().Select(type => (type, new KeyValuePair<string, object?>("type", NameOf(type)))),
    ];

    public static void Register(WsCoreMetrics metrics, Node node)
    {
        var meter = metrics.Meter;
        foreach (var lane in node.Lanes.All)
        {
            lane.Metrics = metrics.Lanes;
        }

        var (connections, rooms, lanes) = (node.Connections, node.Rooms, node.Lanes);
        meter.CreateObservableUpDownCounter("wscore.connections", () => connections.Count, "{connection}", "Connections now.");
        meter.CreateObservableUpDownCounter("wscore.rooms", () => rooms.Count, "{room}", "Rooms with members now.");
        meter.CreateObservableUpDownCounter("wscore.rate_limited.shared", () => node.RateLimits.Shared, "{bucket}", "Users and addresses whose rates are kept now: those that are connected, and those that were and have not refilled.");
        meter.CreateObservableGauge("wscore.lane.inbox", () => Sum(lanes, static lane => lane.Waiting), "{item}", "Items that wait for lanes now.");
        meter.CreateObservableCounter("wscore.messages.delivered", () => PerType(lanes, static (counters, type) => counters.FramesOf(type)), "{frame}", "Frames put into outboxes, by type.");
        meter.CreateObservableCounter("wscore.messages.delivered.size", () => PerType(lanes, static (counters, type) => counters.BytesOf(type)), "By", "Bytes of the frames put into outboxes, by type.");
        meter.CreateObservableUpDownCounter("wscore.outbox.size", () => Sum(lanes, static lane => lane.Counters.Waiting), "By", "Bytes that wait in outboxes now, and those of writes that have not ended.");
        meter.CreateObservableUpDownCounter("wscore.replays", () => connections.Sum(static connection => connection.CatchUp?.Waiting ?? 0), "{replay}", "Rooms that connections are catching up with now.");
        meter.CreateObservableCounter("wscore.output.size", () => Sum(lanes, static lane => lane.Counters.Bytes), "By", "Bytes handed to transports.");
        meter.CreateObservableCounter("wscore.output.writes", () => Sum(lanes, static lane => lane.Counters.Writes), "{write}", "Writes to transports; fewer than frames where frames share them.");
        meter.CreateObservableCounter("wscore.lane.turns", () => Sum(lanes, static lane => lane.Counters.Turns), "{turn}", "Turns of lanes.");
        meter.CreateObservableCounter("wscore.outbox.dropped.ephemeral", () => Sum(lanes, static lane => lane.Counters.DroppedEphemeral), "{frame}", "Ephemeral messages dropped for slow readers.");
        meter.CreateObservableCounter("wscore.outbox.dropped.closed", () => Sum(lanes, static lane => lane.Counters.DroppedSlow), "{frame}", "Frames dropped with a connection that was closed as a slow reader.");
        meter.CreateObservableCounter("wscore.slow_readers", () => Sum(lanes, static lane => lane.Counters.SlowReaders), "{connection}", "Connections closed as slow readers.");
        meter.CreateObservableCounter("wscore.connections.cut", () => node.Sweeper.Cut, "{connection}", "Connections that did not finish closing in time and were cut.");
        meter.CreateObservableGauge("wscore.drain.remaining", () => node.IsStopping ? node.Connections.Count : 0, "{connection}", "Connections that a stopping node still has; 0 before it stops.");
        meter.CreateObservableCounter("wscore.drain.cut", () => node.DrainCut, "{connection}", "Connections that were cut at the end of the drain.");
        RegisterPresence(meter, node.Presence, node.Announcer);
        RegisterReliability(meter, node);
        RegisterStores(meter, node.Stores);
    }

    // Of histories those in memory; others have instruments of their own.
    private static void RegisterStores(Meter meter, NodeStores stores)
    {
        if (stores.History is MemoryHistoryStore history)
        {
            meter.CreateObservableUpDownCounter("wscore.history.size", () => history.Bytes, "By", "Bytes that all histories take now.");
            meter.CreateObservableUpDownCounter("wscore.history.rooms", () => history.Rooms, "{room}", "Rooms that have a history now.");
            meter.CreateObservableCounter("wscore.history.evicted", () => history.EvictedMessages, "{message}", "Messages that were forgotten before their time, because all histories together had too much.");
        }

        if (stores.Dedupe is IDedupeUsage dedupe)
        {
            meter.CreateObservableUpDownCounter("wscore.once.entries", () => dedupe.Entries, "{entry}", "Requests with 'once' that are remembered now.");
            meter.CreateObservableUpDownCounter("wscore.once.size", () => dedupe.Bytes, "By", "Bytes that this takes.");
            meter.CreateObservableCounter("wscore.once.refused", () => dedupe.Refused, "{request}", "Requests with 'once' that were refused because no more could be remembered.");
        }
    }

    private static void RegisterReliability(Meter meter, Node node)
    {
        var (rooms, lanes) = (node.Rooms, node.Lanes);
        meter.CreateObservableCounter("wscore.conflation.replaced", () => rooms.Conflators.Sum(conflator => conflator.Replaced), "{message}", "Messages that a newer one of their key replaced.");
        meter.CreateObservableCounter("wscore.conflation.early", () => rooms.Conflators.Sum(conflator => conflator.Early), "{message}", "Messages that left before the end of their interval, because a room had too many keys.");
        meter.CreateObservableUpDownCounter("wscore.conflation.keys", () => rooms.Conflators.Sum(conflator => (long)conflator.Open), "{key}", "Keys of conflated rooms whose interval is not over.");
        meter.CreateObservableCounter("wscore.reliable.sent", () => Sum(lanes, static lane => lane.Counters.ReliableSent), "{message}", "Reliable messages put into outboxes, each receiver counted, repetitions not.");
        meter.CreateObservableCounter("wscore.reliable.retried", () => Sum(lanes, static lane => lane.Counters.ReliableRetried), "{message}", "Repetitions of reliable messages.");
        meter.CreateObservableCounter("wscore.reliable.confirmed", () => Sum(lanes, static lane => lane.Counters.ReliableConfirmed), "{message}", "Reliable messages that their receivers confirmed.");
        meter.CreateObservableCounter("wscore.reliable.given_up", () => Sum(lanes, static lane => lane.Counters.ReliableGivenUp), "{message}", "Reliable messages that were never confirmed, however often they came.");
        meter.CreateObservableCounter("wscore.reliable.abandoned", () => Sum(lanes, static lane => lane.Counters.ReliableAbandoned), "{message}", "Reliable messages that were unconfirmed when their connections ended.");
        meter.CreateObservableCounter("wscore.reliable.overflows", () => Sum(lanes, static lane => lane.Counters.ReliableOverflows), "{connection}", "Connections closed because too much was unconfirmed.");
        meter.CreateObservableUpDownCounter("wscore.reliable.pending", () => Sum(lanes, static lane => lane.Retries.Pending), "{message}", "Reliable messages that wait to be confirmed now.");
    }

    private static void RegisterPresence(Meter meter, IPresenceStore presence, PresenceAnnouncer announcer)
    {
        meter.CreateObservableUpDownCounter("wscore.presence.members", () => presence.Members, "{member}", "Members of rooms with presence now, in each room for itself; those in their grace included.");
        meter.CreateObservableCounter("wscore.presence.changes", () => Kinds.Select(kind => new Measurement<long>(announcer.Told(kind.Kind), kind.Tag)), "{change}", "Changes announced to rooms, by kind.");
    }

    private static IEnumerable<Measurement<long>> PerType(Lanes lanes, Func<LaneCounters, FrameType, long> read) =>
        FrameTypes.Select(type => new Measurement<long>(Sum(lanes, lane => read(lane.Counters, type.Type)), type.Tag));

    private static string NameOf(FrameType type) => type switch
    {
        FrameType.ControlPing => "control_ping",
        FrameType.ControlPong => "control_pong",
        _ => type.ToString().ToLowerInvariant(),
    };

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
