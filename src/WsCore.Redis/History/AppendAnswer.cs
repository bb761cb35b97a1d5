using WsCore.Protocol;

namespace WsCore.Redis.History;

/// <summary>What the append's script answered.</summary>
/// <param name="Outcome">Which case it is.</param>
/// <param name="Positions">Of the messages where it is done; of the rooms where it was written for others.</param>
internal readonly record struct AppendAnswer(AppendOutcome Outcome, Position[] Positions);
