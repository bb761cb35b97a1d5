using WsCore.Diagnostics;

namespace WsCore.History;

/// <summary>Where replays come from, in which steps, and what counts them.</summary>
/// <param name="Store">What the rooms keep.</param>
/// <param name="StepBytes">Bytes of messages that one step hands to an outbox, <see cref="CatchUp.StepFor"/>.</param>
/// <param name="Metrics">Counts.</param>
/// <param name="Time">When a step that could not be made is made again.</param>
internal sealed record ReplaySource(IHistoryStore Store, int StepBytes, WsCoreMetrics Metrics, TimeProvider Time);
