using System.CommandLine;
using WsCore.LoadTests.Scenarios;

namespace WsCore.LoadTests.Commands;

/// <summary>Reads a command line: which scenario, with which options. Both runners take the same ones.</summary>
internal sealed class CommandReader(TextWriter output, TextWriter error)
{
    private readonly List<(ScenarioEntry Entry, ScenarioCommand Command)> _commands = [.. ScenarioCatalogue.All.Select(entry => (entry, new ScenarioCommand(entry)))];

    /// <summary>What was asked for; null where it was help, or wrong, which has been told then.</summary>
    /// <param name="arguments">The command line.</param>
    /// <param name="exitCode">Of the program, where it was null.</param>
    public (ScenarioEntry Entry, ScenarioCommand Command, ParseResult Parsed)? Read(string[] arguments, out int exitCode)
    {
        var root = new RootCommand("Load tests of a WsCore server. Each scenario is a command with a --help of its own.");
        _commands.ForEach(pair => root.Add(pair.Command));
        var parsed = root.Parse(arguments);
        if (parsed.Errors.Count > 0)
        {
            foreach (var sentence in parsed.Errors.Select(problem => problem.Message).Distinct())
            {
                error.WriteLine(sentence);
            }

            error.WriteLine(parsed.CommandResult.Command is ScenarioCommand wrong ? $"All options: {wrong.Name} --help" : $"The scenarios: {string.Join(", ", _commands.Select(pair => pair.Entry.Name))}. Each has a --help.");
            exitCode = LoadProgram.Misused;
            return null;
        }

        exitCode = LoadProgram.Passed;
        if (parsed.Action is not null || _commands.Find(pair => pair.Command == parsed.CommandResult.Command) is not { Command: { } command, Entry: { } entry })
        {
            exitCode = parsed.Invoke(new InvocationConfiguration { Output = output, Error = error });
            return null;
        }

        return (entry, command, parsed);
    }
}
