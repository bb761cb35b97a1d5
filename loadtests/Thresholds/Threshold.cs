using System.Globalization;
using WsCore.LoadTests.Reporting;

namespace WsCore.LoadTests.Thresholds;

/// <summary>What a figure of the run must hold.</summary>
/// <param name="Figure">Its name, see <see cref="FigureNames"/>.</param>
/// <param name="Comparison">How it is compared.</param>
/// <param name="Limit">With what, in the figure's base unit: µs, bytes, percent or a count.</param>
/// <param name="Text">As it was written.</param>
internal sealed record Threshold(string Figure, Comparison Comparison, double Limit, string Text)
{
    /// <summary>Looks whether it holds.</summary>
    public ThresholdResult Check(FigureSet figures)
    {
        if (figures.Find(Figure) is not { } figure)
        {
            return new ThresholdResult(this, null, false, $"{Text} could not be checked: this run has no '{Figure}'{FigureNames.Missing(Figure)}.");
        }

        var holds = Comparison switch
        {
            Comparison.Less => figure.Value < Limit,
            Comparison.LessOrEqual => figure.Value <= Limit,
            Comparison.Equal => Math.Abs(figure.Value - Limit) < 1e-9,
            Comparison.GreaterOrEqual => figure.Value >= Limit,
            _ => figure.Value > Limit,
        };
        return new ThresholdResult(this, figure, holds, string.Create(CultureInfo.InvariantCulture, $"{Text} {(holds ? "holds" : "does not hold")}: {Figure} is {figure.Text}."));
    }

    public override string ToString() => Text;
}
