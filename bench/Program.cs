using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Running;
using WsCore.Benchmarks.Report;
using WsCore.Benchmarks.Running;

// bench/run.sh tells how to call it.
RunOptions options;
try
{
    options = RunOptions.Parse(args);
}
catch (ArgumentException problem)
{
    Console.Error.WriteLine(problem.Message);
    return 2;
}

var failures = Pairs.Problems().ToList();
var tables = new List<string>();
var ran = 0;
using var log = new StreamLogger(Path.Combine(options.Output, "run.log"), append: false);
foreach (var type in Pairs.Classes)
{
    var config = new InProcessConfig(options, log);
    if (BenchmarkConverter.TypeToBenchmarks(type, config).BenchmarksCases.Length == 0)
    {
        continue;
    }

    var started = TimeProvider.System.GetTimestamp();
    var summary = BenchmarkRunner.Run(type, config);
    var seconds = TimeProvider.System.GetElapsedTime(started).TotalSeconds;
    ran += summary.BenchmarksCases.Length;
    failures.AddRange(summary.ValidationErrors.Where(error => error.IsCritical).Select(error => $"{type.Name}: {error.Message}"));
    failures.AddRange(summary.BenchmarksCases
        .Where(benchmark => summary[benchmark]?.ResultStatistics is null)
        .Select(benchmark => $"{type.Name}.{benchmark.Descriptor.WorkloadMethod.Name} failed."));
    if (options.Mode == RunMode.Smoke)
    {
        Console.WriteLine($"{type.Name}: {summary.BenchmarksCases.Length} ran once, {seconds:0.0} s");
        continue;
    }

    tables.Add(ResultTable.Of(summary));
    Console.WriteLine(tables[^1]);
}

if (ran == 0)
{
    failures.Add("No benchmark ran.");
}

foreach (var failure in failures)
{
    Console.Error.WriteLine(failure);
}

if (failures.Count > 0)
{
    Console.Error.WriteLine($"All of it: {Path.Combine(options.Output, "run.log")}");
    return 1;
}

if (options.Mode != RunMode.Smoke)
{
    var section = Machine.Describe(options) + Environment.NewLine + Environment.NewLine + string.Join(Environment.NewLine, tables);
    File.WriteAllText(Path.Combine(options.Output, "results.md"), section);
    if (options.Document is { } document)
    {
        DocumentSection.Write(document, section);
    }
}

return 0;
