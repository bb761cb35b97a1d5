using WsCore.Backplane;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Heartbeat;
using WsCore.Limits;
using WsCore.Namespaces;
using WsCore.Presence;
using WsCore.Reliability;
using WsCore.Rooms;

namespace WsCore.Hosting;

/// <summary>What one running server consists of.</summary>
/// <remarks>Immutable but for how it stops; each part says itself who may call it.</remarks>
internal sealed class Node
{
    public const string StoppingReason = "This node is stopping; connect again.";

    private volatile bool _stopping;

    public Node(WsCoreOptions options, LaneScheduler scheduler, TimeProvider time, NodeStores stores, NodeId id)
    {
        Id = id;
        Stores = stores;
        Options = options;
        Time = time;
        Name = options.Node ?? Environment.MachineName;
        Clock = new SweepClock(time);
        Lanes = new Lanes(options.Lanes, scheduler, time, options.Reliable);
        Retries = new RetryTicker(Lanes, () => _stopping);
        Rooms = new RoomManager(new NamespaceTable(options.Namespaces), Lanes, stores.History, stores.Backplane, time);
        Announcer = new PresenceAnnouncer(Rooms, Connections);
        Presence = stores.Presence.Create(Announcer, user => Rooms.Find(RoomName.Personal(user)) is not null);
        Attendance = new Attendance(Presence);
        Rooms.Left = Attendance.Left;
        Rooms.Connected = Presence.Connected;
        RateLimits = new RateLimits(options.Limits, time);
        Sweeper = new HeartbeatSweeper(Connections, Lingering, Clock, SweepTimeouts.From(options));
        Sink = new NodeSink(this);
        Ticked = [Sweeper, Retries, RateLimits, .. new object[] { Presence, stores.History, stores.Dedupe, stores.Backplane }.OfType<ITicked>()];
    }

    public NodeId Id { get; }

    /// <summary>What <c>welcome</c> calls it.</summary>
    public string Name { get; }

    public WsCoreOptions Options { get; }

    public TimeProvider Time { get; }

    public NodeStores Stores { get; }

    public SweepClock Clock { get; }

    public Lanes Lanes { get; }

    public RoomManager Rooms { get; }

    public ConnectionRegistry Connections { get; } = new();

    /// <summary>Who is in the rooms whose namespaces have presence.</summary>
    public IPresenceStore Presence { get; }

    public PresenceAnnouncer Announcer { get; }

    public Attendance Attendance { get; }

    /// <summary>What comes from other nodes; and what the application asks of this one is done there too.</summary>
    public NodeSink Sink { get; }

    public Lingering Lingering { get; } = new();

    /// <summary>Hooks that are told of ended connections.</summary>
    public Afterwards Afterwards { get; } = new();

    public RateLimits RateLimits { get; }

    public HeartbeatSweeper Sweeper { get; }

    public RetryTicker Retries { get; }

    /// <summary>What has work to do every second, in this order.</summary>
    public IReadOnlyList<ITicked> Ticked { get; }

    /// <summary>It takes no connections any more; nothing that would come again later is begun.</summary>
    public bool IsStopping => _stopping;

    /// <summary>Connections that the drain had to cut; for metrics, once it is over.</summary>
    public int DrainCut { get; set; }

    /// <summary>From here on: who does not see it is in the registry, and the other way round.</summary>
    public void Stop()
    {
        _stopping = true;
        Interlocked.MemoryBarrier();
    }
}
