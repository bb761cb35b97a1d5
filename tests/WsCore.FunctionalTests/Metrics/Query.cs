using System.Text.RegularExpressions;

namespace WsCore.FunctionalTests.Metrics;

/// <summary>The names in a PromQL expression, as far as the dashboard and the rules use the language.</summary>
internal sealed partial class Query
{
    private static readonly string[] Words = ["and", "or", "unless", "offset", "bool"];

    public Query(string expression)
    {
        var text = Range().Replace(expression, "");
        Grouped = [.. Grouping().Matches(text).SelectMany(list => list.Groups["labels"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries))];
        Selectors =
        [
            .. Selector().Matches(Grouping().Replace(text, " "))
                .Where(match => !Words.Contains(match.Groups["name"].Value))
                .Select(match => (match.Groups["name"].Value, Matcher().Matches(match.Groups["matchers"].Value)
                    .Select(matcher => (matcher.Groups["label"].Value, matcher.Groups["value"].Value)).ToArray())),
        ];
    }

    /// <summary>Labels that are grouped or matched by.</summary>
    public IReadOnlyList<string> Grouped { get; }

    /// <summary>Metrics, each with its matchers; the values as they are written, alternatives of a pattern included.</summary>
    public IReadOnlyList<(string Metric, (string Label, string Value)[] Matchers)> Selectors { get; }

    [GeneratedRegex(@"\[[^\]]*\]")]
    private static partial Regex Range();

    [GeneratedRegex(@"\b(by|without|on|ignoring)\s*\((?<labels>[^)]*)\)")]
    private static partial Regex Grouping();

    [GeneratedRegex("""(?<![\w"])(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(?!\s*\(|[\w:])\s*(\{(?<matchers>[^}]*)\})?""")]
    private static partial Regex Selector();

    [GeneratedRegex("""(?<label>\w+)\s*(=~|!~|!=|=)\s*"(?<value>[^"]*)"(,|$)""")]
    private static partial Regex Matcher();
}
