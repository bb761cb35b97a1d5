using BenchmarkDotNet.Columns;
using BenchmarkDotNet.Configs;
using BenchmarkDotNet.Diagnosers;
using BenchmarkDotNet.Filters;
using BenchmarkDotNet.Jobs;
using BenchmarkDotNet.Loggers;
using BenchmarkDotNet.Toolchains.InProcess.Emit;
using Perfolizer.Horology;

namespace WsCore.Benchmarks.Running;

/// <summary>Runs in this process: a generated project would have to restore by itself, which not every machine can.</summary>
internal sealed class InProcessConfig : ManualConfig
{
    public InProcessConfig(RunOptions options, ILogger logger)
    {
        AddJob(JobOf(options.Mode).WithToolchain(InProcessEmitToolchain.Instance));
        AddDiagnoser(MemoryDiagnoser.Default);
        AddColumnProvider(DefaultColumnProviders.Instance);
        AddLogger(logger);
        WithArtifactsPath(options.Output);
        WithOptions(ConfigOptions.DisableLogFile);
        if (options.Filters.Count > 0)
        {
            AddFilter(new GlobFilter([.. options.Filters]));
        }
    }

    // The quick one warms up until times do not fall any more, which is how the second compilation of a method shows, however late it comes. It forces no collections
    // between iterations: with 100,000 connections in memory they would take most of the time.
    private static Job JobOf(RunMode mode) => mode switch
    {
        RunMode.Quick => Job.Default.WithIterationTime(TimeInterval.FromMilliseconds(100)).WithMinWarmupCount(5).WithMaxWarmupCount(20).WithIterationCount(8).WithGcForce(false),
        RunMode.Smoke => Job.Dry,
        _ => Job.Default,
    };
}
