using WsCore.LoadTests.Machine;
using WsCore.LoadTests.Thresholds;

namespace WsCore.LoadTests.Running;

/// <summary>What a run needs to know besides the scenario's options.</summary>
/// <param name="ScenarioName">For the report.</param>
/// <param name="CommandLine">For the report: how to repeat it.</param>
/// <param name="Thresholds">Those that the user gave.</param>
/// <param name="Server">The server's process, where it is on this machine and not this one.</param>
internal sealed record RunSettings(string ScenarioName, string CommandLine, IReadOnlyList<Threshold> Thresholds, ProcessProbe? Server);
