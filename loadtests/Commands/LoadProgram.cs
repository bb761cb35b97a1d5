using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using WsCore.LoadTests.Machine;
using WsCore.LoadTests.Peers;
using WsCore.LoadTests.Progress;
using WsCore.LoadTests.Reporting;
using WsCore.LoadTests.Running;
using WsCore.LoadTests.Scenarios;

namespace WsCore.LoadTests.Commands;

/// <summary>The program: reads the command line, runs the scenario, writes the report, and says with its exit code how it went.</summary>
internal sealed class LoadProgram(TextWriter output, TextWriter error, bool isTerminal)
{
    /// <summary>The run was made and all thresholds hold.</summary>
    public const int Passed = 0;

    /// <summary>A threshold does not hold, the run was stopped, or the scenario cannot be run on this server.</summary>
    public const int Failed = 1;

    /// <summary>The command line is wrong; nothing was run.</summary>
    public const int Misused = 2;

    private const int OwnDescriptors = 200; // files, pipes and what the runtime has open

    /// <summary>Runs; cancelling ends the load early and still writes the report.</summary>
    public async Task<int> RunAsync(string[] arguments, CancellationToken stop)
    {
        if (new CommandReader(output, error).Read(arguments, out var exitCode) is not var (entry, command, parsed))
        {
            return exitCode;
        }

        try
        {
            return await RunAsync(entry, command, parsed, stop);
        }
        catch (Exception e) when (e is ScenarioException or FormatException or PeerException)
        {
            await error.WriteLineAsync(e.Message);
            return e is FormatException ? Misused : Failed;
        }
    }

    private async Task<int> RunAsync(ScenarioEntry entry, ScenarioCommand command, ParseResult parsed, CancellationToken stop)
    {
        var options = command.OptionsOf(parsed);
        var server = ServerOf(options, command.ServerPidOf(parsed));
        CheckDescriptors(options, server);
        if (options.Url.Scheme == "wss" && options.Via != PeerKind.Client && entry.Name != "storm")
        {
            throw new ScenarioException("Raw connections speak ws:// only. For wss:// give --via client, where the scenario has it.");
        }

        using var context = new ScenarioContext(options, TimeProvider.System);
        var scenario = entry.Create(context);
        var settings = new RunSettings(entry.Name, $"dotnet run -c Release --project loadtests -- {CommandLineText.Of(parsed)}", command.ThresholdsOf(parsed), server);
        LoadReport report;
        await using (IProgressView view = isTerminal ? new LiveView(AnsiConsole.Console, entry.Name) : new PlainView(output))
        {
            report = await new LoadRunner(scenario, context, settings, view).RunAsync(stop);
        }

        var folder = command.FolderOf(parsed) ?? Path.Combine("artifacts", "loadtests", string.Create(CultureInfo.InvariantCulture, $"{entry.Name}-{report.Began:yyyyMMdd-HHmmss}"));
        ReportFiles.Write(report, folder);
        await ConclusionAsync(report, folder);
        return report.Passed ? Passed : Failed;
    }

    private async Task ConclusionAsync(LoadReport report, string folder)
    {
        foreach (var step in report.Steps)
        {
            await output.WriteLineAsync(string.Create(CultureInfo.InvariantCulture,
                $"{step.Name,-16} {step.Latencies.Count,12:#,0}   p50 {Unit.Time.Format(step.Latencies.Percentile(50)),-9} p99 {Unit.Time.Format(step.Latencies.Percentile(99)),-9} max {Unit.Time.Format(step.Latencies.Max)}"));
        }

        foreach (var figure in report.Figures.All.Where(ReportTables.IsListed))
        {
            await output.WriteLineAsync($"{figure.Name,-30} {figure.Text}");
        }

        foreach (var sentence in report.Notes.Concat(report.Thresholds.Where(result => !result.Holds).Select(result => result.Sentence)))
        {
            await output.WriteLineAsync(sentence);
        }

        await output.WriteLineAsync($"{report.Verdict}. Report: {Path.Combine(folder, "report.html")}");
    }

    private static ProcessProbe? ServerOf(ScenarioOptions options, int? given)
    {
        var pid = given ?? (SourceAddresses.IsLoopback(options.Url.Host) ? Listener.FindProcess(options.Url.Port) : null);
        return pid is > 0 and var found && found != Environment.ProcessId ? new ProcessProbe(found) : null;
    }

    private static void CheckDescriptors(ScenarioOptions options, ProcessProbe? server)
    {
        foreach (var (who, limit) in new[] { ("this process", new ProcessProbe(Environment.ProcessId).DescriptorLimit), ("the server", server?.DescriptorLimit) })
        {
            if (limit < options.Connections + OwnDescriptors)
            {
                throw new ScenarioException(string.Create(CultureInfo.InvariantCulture,
                    $"{options.Connections} connections need as many descriptors and some more, and {who} may open {limit}. Raise it where it is started: ulimit -n {options.Connections + 1000}, or, where the hard limit is lower, LimitNOFILE or /etc/security/limits.conf."));
            }
        }
    }
}
