using System.Globalization;
using System.Text;

namespace WsCore.Server.Metrics;

/// <summary>Makes the labels of a series of its tags: sorted, escaped, without braces. Pure.</summary>
internal static class PrometheusLabels
{
    /// <summary>Characters of a value that are kept: what comes from outside may be longer.</summary>
    public const int MostCharacters = 256;

    /// <returns><c>a="1",b="2"</c>; empty without tags. Tags without a value are left out, as Prometheus takes an empty label for none; of two with one name the values are joined.</returns>
    public static string Of(ReadOnlySpan<KeyValuePair<string, object?>> tags)
    {
        var values = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (key, tag) in tags)
        {
            if (Text(tag) is { Length: > 0 } value)
            {
                var name = PrometheusName.OfLabel(key);
                name = name is "le" or "quantile" ? "tag_" + name : name; // histograms have a label of that name themselves
                values[name] = values.TryGetValue(name, out var other) ? $"{other};{value}" : value;
            }
        }

        var labels = new StringBuilder();
        foreach (var (name, value) in values)
        {
            labels.Append(labels.Length == 0 ? "" : ",").Append(name).Append("=\"");
            Escape(labels, value);
            labels.Append('"');
        }

        return labels.ToString();
    }

    private static void Escape(StringBuilder labels, string value)
    {
        foreach (var character in value)
        {
            _ = character switch
            {
                '\\' => labels.Append(@"\\"),
                '"' => labels.Append("\\\""),
                '\n' => labels.Append("\\n"),
                _ => labels.Append(character),
            };
        }
    }

    private static string? Text(object? value)
    {
        var text = value switch
        {
            string plain => plain,
            bool flag => flag ? "true" : "false",
            _ => Convert.ToString(value, CultureInfo.InvariantCulture),
        };
        return text?.Length > MostCharacters ? text[..MostCharacters] : text;
    }
}
