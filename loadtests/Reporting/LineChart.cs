using System.Globalization;
using System.Net;
using System.Text;

namespace WsCore.LoadTests.Reporting;

/// <summary>A chart over time as SVG, without a script. Colours come from the page's style, by the series' place.</summary>
internal sealed class LineChart(string title, Unit unit, IReadOnlyList<ChartSeries> series, IReadOnlyList<(double X, string Name)> marks)
{
    private const double Width = 560;
    private const double Height = 210;
    private const double Left = 62;
    private const double Right = 8;
    private const double Upper = 16;
    private const double Bottom = 24;
    private const int MostPoints = 200;

    private readonly double _maxX = Math.Max(1, series.SelectMany(line => line.Points).Select(point => point.X).DefaultIfEmpty(1).Max());
    private readonly double _step = NiceStep(series.SelectMany(line => line.Points).Max(point => point.Y) ?? 0, 4);
    private readonly double _maxY = HighestOf(series);

    /// <summary>The figure with its title and legend; nothing where there is nothing to draw.</summary>
    public string ToHtml()
    {
        if (series.All(line => line.Points.All(point => point.Y is null)))
        {
            return "";
        }

        var html = new StringBuilder();
        html.Append("<figure><figcaption>").Append(WebUtility.HtmlEncode(title)).Append("<span class=\"legend\">");
        for (var i = 0; i < series.Count; i++)
        {
            html.Append(CultureInfo.InvariantCulture, $"<i class=\"s{i}\"></i>{WebUtility.HtmlEncode(series[i].Name)} ");
        }

        html.Append(CultureInfo.InvariantCulture, $"</span></figcaption><svg viewBox=\"0 0 {Width} {Height}\" role=\"img\" aria-label=\"{WebUtility.HtmlEncode(title)}\">");
        DrawGrid(html);
        DrawMarks(html);
        for (var i = 0; i < series.Count; i++)
        {
            html.Append(CultureInfo.InvariantCulture, $"<path class=\"line s{i}\" d=\"{Path(series[i])}\"/>");
        }

        return html.Append("</svg></figure>\n").ToString();
    }

    /// <summary>1, 2 or 5 times a power of ten, so that about so many steps make the range.</summary>
    public static double NiceStep(double range, int steps)
    {
        if (range <= 0)
        {
            return 1;
        }

        var rough = range / steps;
        var power = Math.Pow(10, Math.Floor(Math.Log10(rough)));
        return power * ((rough / power) switch { <= 1 => 1, <= 2 => 2, <= 5 => 5, _ => 10 });
    }

    private static double HighestOf(IReadOnlyList<ChartSeries> series)
    {
        var highest = series.SelectMany(line => line.Points).Max(point => point.Y) ?? 0;
        var step = NiceStep(highest, 4);
        return Math.Max(step, Math.Ceiling(highest / step) * step);
    }

    private void DrawGrid(StringBuilder html)
    {
        for (var y = 0.0; y <= _maxY * 1.0001; y += _step)
        {
            html.Append(CultureInfo.InvariantCulture, $"<path class=\"grid\" d=\"M{Left} {Y(y):0.#}H{Width - Right}\"/><text x=\"{Left - 6}\" y=\"{Y(y) + 3.5:0.#}\" text-anchor=\"end\">{WebUtility.HtmlEncode(unit.Format(y))}</text>");
        }

        var step = NiceStep(_maxX, 6);
        for (var x = 0.0; x <= _maxX; x += step)
        {
            html.Append(CultureInfo.InvariantCulture, $"<text x=\"{X(x):0.#}\" y=\"{Height - 6}\" text-anchor=\"middle\">{x:0.##} s</text>");
        }
    }

    private void DrawMarks(StringBuilder html)
    {
        foreach (var (x, name) in marks)
        {
            var isLate = x > _maxX * 0.9; // its name would not fit behind it
            html.Append(CultureInfo.InvariantCulture, $"<path class=\"mark\" d=\"M{X(x):0.#} {Upper}V{Height - Bottom}\"/><text class=\"mark\" x=\"{X(x) + (isLate ? -3 : 3):0.#}\" text-anchor=\"{(isLate ? "end" : "start")}\" y=\"{Upper - 4}\">{WebUtility.HtmlEncode(name)}</text>");
        }
    }

    private string Path(ChartSeries line)
    {
        var path = new StringBuilder();
        var open = false;
        foreach (var (x, y) in line.Thinned(MostPoints))
        {
            if (y is { } value)
            {
                path.Append(CultureInfo.InvariantCulture, $"{(open ? 'L' : 'M')}{X(x):0.#} {Y(value):0.#}");
            }

            open = y is not null;
        }

        return path.ToString();
    }

    private double X(double x) => Left + (x / _maxX * (Width - Left - Right));

    private double Y(double y) => Height - Bottom - (y / _maxY * (Height - Bottom - Upper));
}
