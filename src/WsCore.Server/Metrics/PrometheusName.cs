using System.Text;

namespace WsCore.Server.Metrics;

/// <summary>Makes Prometheus' names of OpenTelemetry's: <c>wscore.output.size</c> in <c>By</c>, a counter, is <c>wscore_output_size_bytes_total</c>. Pure.</summary>
internal static class PrometheusName
{
    private const string Total = "_total";

    /// <param name="name">The instrument's.</param>
    /// <param name="unit">In UCUM, as instruments have it; what stands in braces is a note and no unit.</param>
    /// <param name="isCounter">It only grows.</param>
    public static string Of(string name, string? unit, bool isCounter)
    {
        var plain = Plain(name, colons: true);
        if (UnitOf(unit) is { } suffix && !plain.EndsWith(suffix, StringComparison.Ordinal))
        {
            plain += "_" + suffix;
        }

        return isCounter && !plain.EndsWith(Total, StringComparison.Ordinal) ? plain + Total : plain;
    }

    /// <summary>A label's name: no colons.</summary>
    public static string OfLabel(string key) => Plain(key, colons: false);

    private static string? UnitOf(string? unit) => unit switch
    {
        null or "" or "1" => null,
        ['{', ..] => null,
        "s" => "seconds",
        "ms" => "milliseconds",
        "us" => "microseconds",
        "ns" => "nanoseconds",
        "min" => "minutes",
        "h" => "hours",
        "d" => "days",
        "By" => "bytes",
        "KiBy" => "kibibytes",
        "MiBy" => "mebibytes",
        "%" => "percent",
        "Cel" => "celsius",
        "Hz" => "hertz",
        _ => Plain(unit, colons: false).Trim('_') is { Length: > 0 } other ? other : null,
    };

    private static string Plain(string text, bool colons)
    {
        var plain = new StringBuilder(text.Length + 1);
        foreach (var character in text)
        {
            var allowed = char.IsAsciiLetterOrDigit(character) || character == '_' || (colons && character == ':');
            if (plain.Length == 0 && char.IsAsciiDigit(character))
            {
                plain.Append('_');
            }

            if (allowed || plain.Length == 0 || plain[^1] != '_') // what stands side by side becomes one
            {
                plain.Append(allowed ? character : '_');
            }
        }

        return plain.Length == 0 ? "_" : plain.ToString();
    }
}
