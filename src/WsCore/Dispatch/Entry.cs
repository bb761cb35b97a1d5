using WsCore.History;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>How far one room of a join has come.</summary>
internal readonly struct Entry
{
    public Refusal Refusal { get; init; }

    /// <summary>Null until it is entered, and where it is refused.</summary>
    public Room? Room { get; init; }

    public Joined Joined { get; init; }

    /// <summary>Members, where the namespace has presence.</summary>
    public int? Count { get; init; }

    /// <summary>Who they are, where that was asked for and is told.</summary>
    public IReadOnlyList<Member>? Members { get; init; }

    /// <summary>Of a member that joins again, until it has; to be started should that fail.</summary>
    public Replay? Suspended { get; init; }
}
