using System.Globalization;
using System.Net;
using System.Text;
using WsCore.LoadTests.Running;

namespace WsCore.LoadTests.Reporting;

/// <summary>The results of a run as one page that needs nothing else: no script, no font, no network.</summary>
internal static class HtmlReport
{
    private static readonly string[] Tiles =
    [
        FigureNames.Connections, FigureNames.SendRate, FigureNames.DeliveryRate, "p50", "p99", "p99.9", FigureNames.Lost, FigureNames.Errors, FigureNames.ServerCpuPerDelivery, FigureNames.TesterCpuPerDelivery,
        FigureNames.ServerMemoryPerConnection, FigureNames.ServerMemoryGrowth,
    ];

    public static string Write(LoadReport report)
    {
        var html = new StringBuilder();
        html.Append("<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><meta name=\"viewport\" content=\"width=device-width\"><title>")
            .Append(Text($"Load test: {report.Scenario}")).Append("</title><style>").Append(Style()).Append("</style></head>\n<body><header><h1>Load test: <b>").Append(Text(report.Scenario)).Append("</b></h1>");
        html.Append(CultureInfo.InvariantCulture, $"<p class=\"verdict {(report.Passed ? "good" : "bad")}\">{report.Verdict}</p>");
        html.Append(CultureInfo.InvariantCulture, $"<p class=\"when\">{report.Began:yyyy-MM-dd HH:mm} UTC</p></header>\n<pre>{Text(report.CommandLine)}</pre>\n");
        foreach (var note in report.Notes)
        {
            html.Append("<p class=\"note\">").Append(Text(note)).Append("</p>\n");
        }

        WriteTiles(html, report);
        WriteCharts(html, report);
        Table(html, "Thresholds", ["threshold", "it is"], report.Thresholds.Select(result => new[] { result.Threshold.Text, result.Found }), report.Thresholds.Select(result => result.Holds ? "good" : "bad"));
        Table(html, "Latency", ["step", "count", "mean", .. FigureNames.Percentiles.Select(FigureNames.Percentile), "max", "what"], report.Steps.Select(Row));
        html.Append("<p class=\"small\">Of the measured load. Planned moments are those of a schedule that waits for nobody, so nothing is left out when the server, or the tester, stalls (no coordinated omission). Percentiles are at most 0.2 % too high.</p>\n<div class=\"columns\"><div>");
        Table(html, "Figures", ["figure", "value"], report.Figures.All.Where(ReportTables.IsListed).Select(figure => new[] { figure.Name, figure.Text }));
        html.Append("</div><div>");
        Table(html, "The load", [], report.Load.Select(Pair));
        foreach (var (title, counts) in ReportTables.Counts(report))
        {
            Table(html, title, ["code", "count"], counts.Select(count => new[] { count.Key, count.Value.ToString("#,0", CultureInfo.InvariantCulture) }));
        }

        html.Append("</div></div>\n");
        Table(html, "Where", [], report.Facts.Select(Pair));
        return html.Append("</body></html>\n").ToString();
    }

    private static void WriteTiles(StringBuilder html, LoadReport report)
    {
        html.Append("<ul class=\"tiles\">");
        foreach (var figure in Tiles.Select(report.Figures.Find).OfType<Figure>())
        {
            html.Append(CultureInfo.InvariantCulture, $"<li><b>{Text(figure.Text)}</b><span>{Text(figure.Name)}</span></li>");
        }

        html.Append("</ul>\n");
    }

    private static void WriteCharts(StringBuilder html, LoadReport report)
    {
        var samples = report.Samples;
        List<(double, string)> marks = [];
        if (samples.FirstOrDefault(sample => sample.Phase == Phases.Load) is { } first)
        {
            marks.Add((first.Second - first.Span, "measured"));
        }

        if (samples.LastOrDefault(sample => sample.Phase == Phases.Load) is { } last)
        {
            marks.Add((last.Second, "end"));
        }

        html.Append("<div class=\"charts\">");
        Chart("Latency", Unit.Time, ("p50", sample => sample.P50), ("p99", sample => sample.P99), ("p99.9", sample => sample.P999));
        Chart("Highest latency, and the tester's own lag", Unit.Time, ("highest", sample => sample.Max), ("lag p99", sample => sample.LagP99));
        Chart("Delivered a second", Unit.Count, ("delivered", sample => sample.DeliveryRate));
        Chart("Sent and connected a second", Unit.Count, ("sent", sample => sample.SendRate), ("connected", sample => sample.ConnectRate));
        Chart("CPU, percent of one core", Unit.Percent, ("tester", sample => sample.Tester.Cpu), ("server", sample => sample.Server.Cpu));
        Chart("Resident memory", Unit.Bytes, ("tester", sample => sample.Tester.Memory), ("server", sample => sample.Server.Memory));
        Chart("Connections, descriptors", Unit.Count, ("connections", sample => sample.Connections), ("of the tester", sample => sample.Tester.Descriptors), ("of the server", sample => sample.Server.Descriptors));
        Chart("Errors and closes so far", Unit.Count, ("errors", sample => sample.Errors), ("closes", sample => sample.Closes));
        html.Append("</div>\n");

        void Chart(string title, Unit unit, params (string Name, Func<Sample, double?> Value)[] lines) =>
            html.Append(new LineChart(title, unit, [.. lines.Select(line => new ChartSeries(line.Name, [.. samples.Select(sample => (sample.Second, line.Value(sample)))]))], marks).ToHtml());
    }

    private static string[] Row(StepResult step) => [step.Name, step.Latencies.Count.ToString("#,0", CultureInfo.InvariantCulture), .. ReportTables.Latencies(step), step.Meaning];

    private static string[] Pair(KeyValuePair<string, string> pair) => [pair.Key, pair.Value];

    private static void Table(StringBuilder html, string title, string[] head, IEnumerable<string[]> rows, IEnumerable<string>? classes = null)
    {
        html.Append(CultureInfo.InvariantCulture, $"<h2>{Text(title)}</h2><div class=\"scroll\"><table>");
        if (head.Length > 0)
        {
            html.Append("<tr>").AppendJoin("", head.Select(cell => $"<th>{Text(cell)}</th>")).Append("</tr>");
        }

        foreach (var (row, style) in rows.Zip((classes ?? []).Concat(Enumerable.Repeat("", int.MaxValue))))
        {
            html.Append(CultureInfo.InvariantCulture, $"<tr class=\"{style}\">").AppendJoin("", row.Select(cell => $"<td>{Text(cell)}</td>")).Append("</tr>");
        }

        html.Append("</table></div>\n");
    }

    private static string Text(string text) => WebUtility.HtmlEncode(text);

    private static string Style()
    {
        using var stream = typeof(HtmlReport).Assembly.GetManifestResourceStream("report.css")!;
        using var reader = new StreamReader(stream);
        return reader.ReadToEnd();
    }
}
