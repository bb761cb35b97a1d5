using System.Runtime;
using System.Runtime.InteropServices;
using WsCore.Benchmarks.Running;

namespace WsCore.Benchmarks.Report;

/// <summary>On what, of what and how it was measured.</summary>
internal static class Machine
{
    private const string ProcessorList = "/proc/cpuinfo"; // Linux
    private const string ModelName = "model name";

    public static string Describe(RunOptions options)
    {
        var kernel = Environment.OSVersion;
        var collector = GCSettings.IsServerGC ? "server" : "workstation";
        return $"{TimeProvider.System.GetUtcNow():yyyy-MM-dd}, commit `{options.Commit}`, {Processor()}, {Environment.ProcessorCount} cores, "
            + $"{(OperatingSystem.IsLinux() ? "Linux" : kernel.Platform)} {kernel.Version.ToString(2)}, .NET {Environment.Version}, {collector} GC: `{Command(options)}`.";
    }

    private static string Command(RunOptions options) => string.Join(
        ' ',
        ["bash bench/run.sh", .. Flag(options.Mode == RunMode.Quick, "--quick"), .. Flag(options.Document is not null, "--write"), .. options.Filters.Select(filter => $"--filter '{filter}'")]);

    private static string[] Flag(bool present, string flag) => present ? [flag] : [];

    private static string Processor()
    {
        var line = File.Exists(ProcessorList) ? File.ReadLines(ProcessorList).FirstOrDefault(line => line.StartsWith(ModelName, StringComparison.Ordinal)) : null;
        return line?[(line.IndexOf(':') + 1)..].Trim() ?? $"{RuntimeInformation.ProcessArchitecture}";
    }
}
