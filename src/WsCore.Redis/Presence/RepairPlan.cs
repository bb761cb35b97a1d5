using WsCore.Presence;

namespace WsCore.Redis.Presence;

/// <summary>What Redis is to be told of a room before a view can be what it has.</summary>
/// <param name="Joins">Connections here that Redis does not know, the state of their member, and since when it is there (ms).</param>
/// <param name="Leaves">Connections of this node that Redis lists and that are not here, and whether their member is in its grace.</param>
/// <param name="States">States that Redis does not know.</param>
internal sealed record RepairPlan(
    List<(PresenceConnection Who, byte[] State, long Since)> Joins, List<(PresenceConnection Who, bool IsLost)> Leaves, List<(PresenceConnection Who, byte[] State)> States)
{
    public bool IsEmpty => Joins.Count + Leaves.Count + States.Count == 0;
}
