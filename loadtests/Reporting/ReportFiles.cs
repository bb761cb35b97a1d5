namespace WsCore.LoadTests.Reporting;

/// <summary>Writes a report in all its forms into a folder.</summary>
internal static class ReportFiles
{
    public static void Write(LoadReport report, string folder)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "report.html"), HtmlReport.Write(report));
        File.WriteAllText(Path.Combine(folder, "report.md"), MarkdownReport.Write(report));
        File.WriteAllBytes(Path.Combine(folder, "report.json"), JsonReport.Write(report));
        File.WriteAllText(Path.Combine(folder, "series.csv"), SeriesCsv.Write(report.Samples));
    }
}
