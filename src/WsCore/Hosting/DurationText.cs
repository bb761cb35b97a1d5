using System.Diagnostics.CodeAnalysis;
using System.Globalization;

namespace WsCore.Hosting;

/// <summary>How operators write times: <c>00:00:25</c>, or <c>25s</c> with one of the units ms, s, m and h.</summary>
/// <remarks>
/// Stricter than the platform, which takes <c>25</c> for 25 days, <c>24:00:00</c> for 24 days and <c>00:25</c> for 25 minutes: each is likelier a mistake.
/// </remarks>
internal static class DurationText
{
    public const string Rule = "written like 00:00:25, or 25s (also 500ms, 5m, 1h)";

    private static readonly string[] Clock = [@"hh\:mm\:ss", @"hh\:mm\:ss\.FFFFFFF", @"d\.hh\:mm\:ss", @"d\.hh\:mm\:ss\.FFFFFFF"];

    // The longer suffix first: 500ms ends with an s as well.
    private static readonly (string Suffix, long Ticks)[] Units =
    [
        ("ms", TimeSpan.TicksPerMillisecond),
        ("s", TimeSpan.TicksPerSecond),
        ("m", TimeSpan.TicksPerMinute),
        ("h", TimeSpan.TicksPerHour),
    ];

    public static bool TryParse([NotNullWhen(true)] string? text, out TimeSpan duration)
    {
        var written = text.AsSpan().Trim();
        if (written is "0") // the one number that needs no unit
        {
            duration = TimeSpan.Zero;
            return true;
        }

        foreach (var (suffix, ticks) in Units)
        {
            if (written.EndsWith(suffix, StringComparison.OrdinalIgnoreCase))
            {
                // An int of the largest unit is 245,000 years, which a long of ticks would not hold: hence the second half.
                var fits = int.TryParse(written[..^suffix.Length], NumberStyles.None, CultureInfo.InvariantCulture, out var count)
                    && count <= long.MaxValue / ticks;
                duration = fits ? new TimeSpan(count * ticks) : default;
                return fits;
            }
        }

        return TimeSpan.TryParseExact(written, Clock, CultureInfo.InvariantCulture, out duration);
    }
}
