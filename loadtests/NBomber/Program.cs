using WsCore.LoadTests.Commands;
using WsCore.LoadTests.Scenarios;
using WsCore.NBomberHost;

// The same command line as the project's own runner; a licence key for NBomber may be in NBOMBER_LICENSE.
if (new CommandReader(Console.Out, Console.Error).Read(args, out var exitCode) is not var (entry, command, parsed))
{
    return exitCode;
}

try
{
    using var run = new NBomberRun(entry, command.OptionsOf(parsed), command.ThresholdsOf(parsed), CommandLineText.Of(parsed));
    return run.Run(command.FolderOf(parsed) ?? Path.Combine("artifacts", "loadtests", $"nbomber-{entry.Name}"));
}
catch (ScenarioException e)
{
    Console.Error.WriteLine(e.Message);
    return LoadProgram.Failed;
}
