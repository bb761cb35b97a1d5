using WsCore.ClusterTests.Checking;

namespace WsCore.ClusterTests.Chaos;

/// <summary>A room of one client. Guarded by the client's lock.</summary>
internal sealed class ClientRoom(RoomRules rules, int index)
{
    public RoomRules Rules => rules;

    public int Index => index;

    public bool IsJoined { get; set; }

    /// <summary>A join or leave that is not answered yet.</summary>
    public bool IsAsking { get; set; }

    /// <summary>When to join, in ticks of the client's clock.</summary>
    public TimeSpan JoinAt { get; set; }

    /// <summary>Where the client is in the room; kept over connections.</summary>
    public RoomPosition? Position { get; set; }

    /// <summary>What the unanswered join gave as <c>since</c>.</summary>
    public RoomPosition? Since { get; set; }

    /// <summary>Where the room was when the client joined: what it has to catch up with.</summary>
    public RoomPosition? Start { get; set; }

    /// <summary>The newest marker that came, or that was acked to its sender.</summary>
    public MessageId Seen { get; set; }
}
