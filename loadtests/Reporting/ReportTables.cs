namespace WsCore.LoadTests.Reporting;

/// <summary>What the readable forms of a report have in common.</summary>
internal static class ReportTables
{
    /// <summary>Mean, percentiles and maximum of a step, for people.</summary>
    public static IEnumerable<string> Latencies(StepResult step) =>
        new[] { step.Latencies.Mean }.Concat(FigureNames.Percentiles.Select(percent => (double)step.Latencies.Percentile(percent))).Append(step.Latencies.Max).Select(Unit.Time.Format);

    /// <summary>Whether a figure has a place in the list; latencies have a table of their own.</summary>
    public static bool IsListed(Figure figure) =>
        figure.Unit != Unit.Time || figure.Name is FigureNames.TesterCpuPerDelivery or FigureNames.ServerCpuPerDelivery;

    /// <summary>The tables of codes that have rows.</summary>
    public static IEnumerable<(string Title, IReadOnlyList<KeyValuePair<string, long>> Counts)> Counts(LoadReport report) =>
        new[]
        {
            ("Errors", report.Errors),
            ("Refused to those who misbehave", report.Refusals),
            ("Closes that nobody expected", report.Closes),
            ("Closes that were the scenario's point", report.ExpectedCloses),
        }.Where(table => table.Item2.Count > 0);
}
