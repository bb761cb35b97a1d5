using System.Globalization;
using System.Text.RegularExpressions;
using WsCore.LoadTests.Reporting;

namespace WsCore.LoadTests.Thresholds;

/// <summary>Thresholds as they are written: <c>p99&lt;50ms</c>, <c>errors=0</c>, <c>server-memory-growth&lt;10%</c>.</summary>
internal static partial class ThresholdText
{
    /// <exception cref="FormatException">It is none; with a sentence.</exception>
    public static Threshold Parse(string text)
    {
        var match = Form().Match(text);
        if (!match.Success)
        {
            throw new FormatException($"'{text}' is no threshold: write a figure, one of < <= = >= >, and a value with its unit, in quotes, such as \"p99<50ms\" or \"errors=0\".");
        }

        var (figure, unit) = (match.Groups["figure"].Value, match.Groups["unit"].Value);
        if (!FigureNames.IsKnown(figure))
        {
            throw new FormatException($"'{figure}' in '{text}' is no figure. There are: {FigureNames.List}");
        }

        if (!FigureNames.UnitOf(figure).TryScale(unit, out var scale))
        {
            throw new FormatException($"'{figure}' in '{text}' takes {FigureNames.UnitOf(figure).Forms}, not '{unit}'.");
        }

        var comparison = match.Groups["comparison"].Value switch
        {
            "<" => Comparison.Less,
            "<=" => Comparison.LessOrEqual,
            ">=" => Comparison.GreaterOrEqual,
            ">" => Comparison.Greater,
            _ => Comparison.Equal,
        };
        return new Threshold(figure, comparison, scale * double.Parse(match.Groups["value"].Value, CultureInfo.InvariantCulture), text.Trim());
    }

    /// <summary>The scenario's own, each of them replaced where there is one for the same figure.</summary>
    public static IReadOnlyList<Threshold> Merge(IEnumerable<Threshold> defaults, IReadOnlyList<Threshold> given) =>
        [.. defaults.Where(threshold => given.All(other => other.Figure != threshold.Figure)), .. given];

    [GeneratedRegex(@"^\s*(?<figure>[a-z][a-z0-9.-]*[a-z0-9])\s*(?<comparison><=|>=|==|<|>|=)\s*(?<value>\d+(?:\.\d+)?)\s*(?<unit>[a-zA-Zµ%]*)\s*$", RegexOptions.CultureInvariant)]
    private static partial Regex Form();
}
