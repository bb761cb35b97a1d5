using WsCore.History;
using WsCore.Protocol;

namespace WsCore.Rooms;

/// <summary>What came of a join, at the moment when it took effect.</summary>
/// <param name="Outcome">Which case it is.</param>
/// <param name="Position">The room's, where it keeps history.</param>
/// <param name="Replay">What was missed, to be started after the answer; null where the member is live.</param>
/// <param name="IsRecovered">Nothing is missing between the position that was given and what comes from now on.</param>
internal readonly record struct Joined(JoinOutcome Outcome, Position? Position = null, Replay? Replay = null, bool IsRecovered = false);
