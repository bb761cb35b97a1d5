using System.Reflection;
using System.Text;
using BenchmarkDotNet.Attributes;
using BenchmarkDotNet.Reports;
using BenchmarkDotNet.Running;
using WsCore.Benchmarks.Running;

namespace WsCore.Benchmarks.Report;

/// <summary>The results of one class as a table of Markdown: below each ordinary benchmark its adverse ones, with how many times as much they take.</summary>
internal static class ResultTable
{
    private const string Suffix = "Benchmarks";

    public static string Of(Summary summary)
    {
        var table = new StringBuilder();
        var name = summary.BenchmarksCases[0].Descriptor.Type.Name;
        table.Append("### ").AppendLine(name.EndsWith(Suffix, StringComparison.Ordinal) ? name[..^Suffix.Length] : name).AppendLine();
        table.AppendLine("| one operation | mean | ± | × | allocated |").AppendLine("|---|--:|--:|--:|--:|");
        foreach (var benchmark in summary.BenchmarksCases.Where(benchmark => Adverse(benchmark) is null))
        {
            table.AppendLine(Row(summary, benchmark));
            foreach (var adverse in summary.BenchmarksCases.Where(other => Adverse(other)?.Twin == benchmark.Descriptor.WorkloadMethod.Name))
            {
                table.AppendLine(Row(summary, adverse));
            }
        }

        // what the filter has separated from its twin
        foreach (var lone in summary.BenchmarksCases.Where(benchmark => Adverse(benchmark) is { } adverse && Twin(summary, adverse) is null))
        {
            table.AppendLine(Row(summary, lone));
        }

        return table.ToString();
    }

    private static string Row(Summary summary, BenchmarkCase benchmark)
    {
        var what = benchmark.Descriptor.WorkloadMethod.GetCustomAttribute<BenchmarkAttribute>()!.Description!;
        var adverse = Adverse(benchmark);
        what = adverse is null ? what : $"*adverse:* {what}";
        if (summary[benchmark] is not { ResultStatistics: { } result } report)
        {
            return $"| {what} | failed | | | |";
        }

        var allocated = report.GcStats.GetBytesAllocatedPerOperation(benchmark) ?? 0;
        var twin = adverse is not null && Twin(summary, adverse) is { } other ? summary[other]?.ResultStatistics : null;
        var ratio = twin is null ? "" : Figures.Ratio(result.Mean / twin.Mean);
        return $"| {what} | {Figures.Time(result.Mean)} | {Figures.Time(result.StandardDeviation)} | {ratio} | {Figures.Size(allocated)} |";
    }

    private static AdverseAttribute? Adverse(BenchmarkCase benchmark) => benchmark.Descriptor.WorkloadMethod.GetCustomAttribute<AdverseAttribute>();

    private static BenchmarkCase? Twin(Summary summary, AdverseAttribute adverse) =>
        summary.BenchmarksCases.FirstOrDefault(benchmark => benchmark.Descriptor.WorkloadMethod.Name == adverse.Twin);
}
