using WsCore.LoadTests.Running;
using WsCore.LoadTests.Thresholds;

namespace WsCore.LoadTests.Reporting;

/// <summary>All that is known of a run when it is over.</summary>
internal sealed record LoadReport
{
    public required string Scenario { get; init; }

    public required string CommandLine { get; init; }

    public required DateTimeOffset Began { get; init; }

    /// <summary>The load as it was made, and the settings.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Load { get; init; }

    /// <summary>The machine, the versions, the server.</summary>
    public required IReadOnlyList<KeyValuePair<string, string>> Facts { get; init; }

    public required IReadOnlyList<StepResult> Steps { get; init; }

    public required FigureSet Figures { get; init; }

    public required IReadOnlyList<ThresholdResult> Thresholds { get; init; }

    public required IReadOnlyList<KeyValuePair<string, long>> Errors { get; init; }

    public required IReadOnlyList<KeyValuePair<string, long>> Refusals { get; init; }

    public required IReadOnlyList<KeyValuePair<string, long>> Closes { get; init; }

    public required IReadOnlyList<KeyValuePair<string, long>> ExpectedCloses { get; init; }

    public required IReadOnlyList<string> Notes { get; init; }

    public required IReadOnlyList<Sample> Samples { get; init; }

    /// <summary>It ended before its time.</summary>
    public required bool Stopped { get; init; }

    /// <summary>The run was made to its end and all thresholds hold.</summary>
    public bool Passed => !Stopped && AllHold;

    /// <summary><see cref="Passed"/> in a sentence, without its full stop.</summary>
    public string Verdict => !AllHold ? "A threshold does not hold" : Stopped ? "Stopped before its time" : "All thresholds hold";

    private bool AllHold => Thresholds.All(threshold => threshold.Holds);
}
