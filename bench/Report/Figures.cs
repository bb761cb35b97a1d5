using System.Globalization;

namespace WsCore.Benchmarks.Report;

/// <summary>Numbers as people read them: three digits and a unit.</summary>
internal static class Figures
{
    private static readonly string[] Times = ["ns", "µs", "ms", "s"];
    private static readonly string[] Sizes = ["B", "kB", "MB", "GB"];

    public static string Time(double nanoseconds) => Scaled(nanoseconds, Times);

    public static string Size(double bytes) => bytes < 0.5 ? "–" : Scaled(Math.Round(bytes), Sizes);

    public static string Ratio(double ratio) => Digits(ratio);

    private static string Scaled(double value, string[] units)
    {
        var unit = 0;
        while (value >= 999.5 && unit < units.Length - 1)
        {
            value /= 1000;
            unit++;
        }

        return $"{Digits(value)} {units[unit]}";
    }

    private static string Digits(double value) =>
        value.ToString(value switch { < 9.995 => "0.##", < 99.95 => "0.#", _ => "#,0" }, CultureInfo.InvariantCulture);
}
