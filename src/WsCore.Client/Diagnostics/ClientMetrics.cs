using System.Diagnostics.Metrics;

namespace WsCore.Client.Diagnostics;

/// <summary>What all clients of a process count together, on the meter <c>WsCore.Client</c>.</summary>
internal static class ClientMetrics
{
    private static readonly Meter Meter = new("WsCore.Client");

    public static readonly Counter<long> Connected = Meter.CreateCounter<long>("wscore.client.connected", "{connection}", "Connections that were welcomed.");

    public static readonly Counter<long> Disconnected = Meter.CreateCounter<long>("wscore.client.disconnected", "{connection}", "Connections that ended or did not come about, by close code.");

    public static readonly Counter<long> Repeated = Meter.CreateCounter<long>("wscore.client.requests.repeated", "{request}", "Requests that were sent again.");

    public static readonly Counter<long> RequestsRefused = Meter.CreateCounter<long>("wscore.client.requests.refused", "{request}", "Requests that were not taken, because too many were unanswered.");

    public static readonly Counter<long> InboxDropped = Meter.CreateCounter<long>("wscore.client.inbox.dropped", "{message}", "Messages that found the inbox full. Those of rooms with history are fetched again.");

    public static readonly Counter<long> EventsDropped = Meter.CreateCounter<long>("wscore.client.events.dropped", "{event}", "Events that nobody read in time.");

    public static readonly Counter<long> PostsDropped = Meter.CreateCounter<long>("wscore.client.posts.dropped", "{message}", "Posts without a connection, or with too much before them.");
}
