using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Heartbeat;
using WsCore.Namespaces;
using WsCore.Reliability;
using WsCore.Rooms;

namespace WsCore.Hosting;

/// <summary>What one running server consists of.</summary>
/// <remarks>Immutable but for <see cref="IsStopping"/>; each part says itself who may call it.</remarks>
internal sealed class Node
{
    public const string StoppingReason = "This node is stopping; connect again.";

    private volatile bool _stopping;

    public Node(WsCoreOptions options, LaneScheduler scheduler, TimeProvider time)
    {
        Options = options;
        Time = time;
        Name = options.Node ?? Environment.MachineName;
        Clock = new SweepClock(time);
        Lanes = new Lanes(options.Lanes, scheduler, time, options.Reliable);
        Retries = new RetryTicker(Lanes);
        Rooms = new RoomManager(new NamespaceTable(options.Namespaces), Lanes, time);
        Sweeper = new HeartbeatSweeper(Connections, Lingering, Clock, SweepTimeouts.From(options));
    }

    /// <summary>What <c>welcome</c> calls it.</summary>
    public string Name { get; }

    public WsCoreOptions Options { get; }

    public TimeProvider Time { get; }

    public SweepClock Clock { get; }

    public Lanes Lanes { get; }

    public RoomManager Rooms { get; }

    public ConnectionRegistry Connections { get; } = new();

    public Lingering Lingering { get; } = new();

    /// <summary>Hooks that are told of ended connections.</summary>
    public Afterwards Afterwards { get; } = new();

    public HeartbeatSweeper Sweeper { get; }

    public RetryTicker Retries { get; }

    /// <summary>What has work to do every second, in this order.</summary>
    public IReadOnlyList<ITicked> Ticked => [Sweeper, Retries];

    /// <summary>It takes no connections any more.</summary>
    public bool IsStopping => _stopping;

    /// <summary>From here on: who does not see it is in the registry, and the other way round.</summary>
    public void Stop()
    {
        _stopping = true;
        Interlocked.MemoryBarrier();
    }
}
