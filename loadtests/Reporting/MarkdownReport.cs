using System.Globalization;
using System.Text;

namespace WsCore.LoadTests.Reporting;

/// <summary>The results of a run as Markdown, for a repository or an issue.</summary>
internal static class MarkdownReport
{
    public static string Write(LoadReport report)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"# Load test: {report.Scenario}\n\n");
        text.Append(CultureInfo.InvariantCulture, $"{report.Began:yyyy-MM-dd HH:mm} UTC. **{report.Verdict}.**\n\n```bash\n{report.CommandLine}\n```\n");
        foreach (var note in report.Notes)
        {
            text.Append("\n* ").Append(note).Append('\n');
        }

        Table(text, "Thresholds", ["threshold", "", "it is"], report.Thresholds.Select(result => new[] { $"`{result.Threshold.Text}`", result.Holds ? "holds" : "**fails**", result.Found }));
        Table(text, "Latency", ["step", "count", "mean", .. FigureNames.Percentiles.Select(FigureNames.Percentile), "max", "what"], report.Steps.Select(Row));
        text.Append("\nOf the measured load. Planned moments are those of a schedule that waits for nobody, so nothing is left out when the server, or the tester, stalls (no coordinated omission). Percentiles are at most 0.2 % too high.\n");
        Table(text, "Figures", ["figure", "value"], report.Figures.All.Where(ReportTables.IsListed).Select(figure => new[] { figure.Name, figure.Text }));
        Table(text, "The load", ["", ""], report.Load.Select(Pair));
        foreach (var (title, counts) in ReportTables.Counts(report))
        {
            Table(text, title, ["code", "count"], counts.Select(count => new[] { $"`{count.Key}`", count.Value.ToString("#,0", CultureInfo.InvariantCulture) }));
        }

        Table(text, "Where", ["", ""], report.Facts.Select(Pair));
        return text.ToString();
    }

    private static string[] Row(StepResult step) =>
        [step.Name, step.Latencies.Count.ToString("#,0", CultureInfo.InvariantCulture), .. ReportTables.Latencies(step), step.Meaning];

    private static string[] Pair(KeyValuePair<string, string> pair) => [pair.Key, pair.Value];

    private static void Table(StringBuilder text, string title, string[] head, IEnumerable<string[]> rows)
    {
        text.Append(CultureInfo.InvariantCulture, $"\n## {title}\n\n| {string.Join(" | ", head)} |\n|{string.Concat(head.Select(_ => "---|"))}\n");
        foreach (var row in rows)
        {
            text.Append("| ").AppendJoin(" | ", row.Select(cell => cell.Replace("|", "\\|", StringComparison.Ordinal))).Append(" |\n");
        }
    }
}
