using System.Text.RegularExpressions;

namespace WsCore.FunctionalTests.Metrics;

/// <summary>What a server has shown on <c>/metrics</c>, or several servers together.</summary>
internal sealed partial class Exposition
{
    private readonly Dictionary<string, string> _types = new(StringComparer.Ordinal);
    private readonly Dictionary<string, HashSet<(string Label, string Value)>> _labels = new(StringComparer.Ordinal);

    public Exposition(params string[] texts)
    {
        foreach (var line in texts.SelectMany(text => text.Split('\n', StringSplitOptions.RemoveEmptyEntries)))
        {
            if (line.StartsWith("# TYPE ", StringComparison.Ordinal))
            {
                var words = line.Split(' ');
                _types[words[2]] = words[3];
            }
            else if (line[0] != '#')
            {
                var sample = Sample().Match(line);
                Assert.True(sample.Success, $"not a sample: {line}");
                ref var labels = ref System.Runtime.InteropServices.CollectionsMarshal.GetValueRefOrAddDefault(_labels, sample.Groups["name"].Value, out _);
                labels ??= [];
                labels.UnionWith(Label().Matches(sample.Groups["labels"].Value).Select(label => (label.Groups["name"].Value, label.Groups["value"].Value)));
            }
        }
    }

    /// <summary>Whether there is a metric of this name, those of a histogram's three kinds included.</summary>
    public bool Has(string metric) => _types.TryGetValue(metric, out var type) ? type != "histogram" : _labels.ContainsKey(metric);

    /// <summary>Names of all metrics, without a histogram's suffixes.</summary>
    public IEnumerable<string> Families => _types.Keys;

    /// <summary>The labels that samples of a metric had.</summary>
    public IEnumerable<string> LabelsOf(string metric) => ValuesOf(metric).Select(label => label.Label).Distinct();

    /// <summary>The same with their values.</summary>
    public IEnumerable<(string Label, string Value)> ValuesOf(string metric) => _labels.TryGetValue(metric, out var labels) ? labels : [];

    [GeneratedRegex("""^(?<name>[a-zA-Z_:][a-zA-Z0-9_:]*)(\{(?<labels>[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\.)*"(,[a-zA-Z_][a-zA-Z0-9_]*="([^"\\\n]|\\.)*")*)\})? (-?[0-9.]+(E[-+][0-9]+)?|NaN|[-+]Inf)$""")]
    private static partial Regex Sample();

    [GeneratedRegex("""(?<name>[a-zA-Z_][a-zA-Z0-9_]*)="(?<value>([^"\\\n]|\\.)*)"(,|$)""")]
    private static partial Regex Label();
}
