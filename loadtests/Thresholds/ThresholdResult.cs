using WsCore.LoadTests.Reporting;

namespace WsCore.LoadTests.Thresholds;

/// <summary>What became of a threshold.</summary>
/// <param name="Threshold">Which.</param>
/// <param name="Figure">The figure; null where the run has none by that name.</param>
/// <param name="Holds">Whether it holds.</param>
/// <param name="Sentence">For people.</param>
internal sealed record ThresholdResult(Threshold Threshold, Figure? Figure, bool Holds, string Sentence)
{
    /// <summary>What the figure is, for a table; where there is none, the sentence.</summary>
    public string Found => Figure?.Text ?? Sentence;
}
