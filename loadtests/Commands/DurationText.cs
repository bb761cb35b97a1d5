using System.Globalization;

namespace WsCore.LoadTests.Commands;

/// <summary>Durations as they are written: <c>500ms</c>, <c>60s</c>, <c>10m</c>, <c>1h</c>.</summary>
internal static class DurationText
{
    /// <exception cref="FormatException">It is none; with a sentence.</exception>
    public static TimeSpan Parse(string text)
    {
        var digits = text.TrimEnd('m', 's', 'h');
        var unit = text[digits.Length..] switch
        {
            "ms" => TimeSpan.FromMilliseconds(1),
            "s" => TimeSpan.FromSeconds(1),
            "m" => TimeSpan.FromMinutes(1),
            "h" => TimeSpan.FromHours(1),
            _ => TimeSpan.Zero,
        };
        if (unit != TimeSpan.Zero && double.TryParse(digits, NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) && number * unit <= TimeSpan.FromDays(7))
        {
            return number * unit;
        }

        throw text == "0" ? new FormatException("Write 0s instead of 0.") : new FormatException($"'{text}' is no duration: write 500ms, 60s, 10m or 1h.");
    }

    public static string Of(TimeSpan duration) =>
        duration.TotalSeconds < 1 ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMilliseconds:0.###}ms")
        : duration.TotalMinutes >= 1 && duration.Ticks % TimeSpan.TicksPerMinute == 0 ? string.Create(CultureInfo.InvariantCulture, $"{duration.TotalMinutes:0}m")
        : string.Create(CultureInfo.InvariantCulture, $"{duration.TotalSeconds:0.###}s");
}
