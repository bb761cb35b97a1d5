namespace WsCore.Benchmarks.Running;

/// <summary>What the command line asks for.</summary>
internal sealed class RunOptions
{
    private const string Usage =
        "usage: [--quick | --smoke] [--filter <glob of Namespace.Class.Method>]… [--write <document>] --output <folder> --commit <commit>";

    public RunMode Mode { get; private set; } = RunMode.Full;

    /// <summary>None: everything.</summary>
    public List<string> Filters { get; } = [];

    /// <summary>The document whose section gets the tables; null: none.</summary>
    public string? Document { get; private set; }

    /// <summary>Where tables and log go.</summary>
    public string Output { get; private set; } = "";

    /// <summary>What is measured.</summary>
    public string Commit { get; private set; } = "unknown";

    /// <exception cref="ArgumentException">It makes no sense; the message tells.</exception>
    public static RunOptions Parse(IReadOnlyList<string> arguments)
    {
        var options = new RunOptions();
        for (var i = 0; i < arguments.Count; i++)
        {
            switch (arguments[i])
            {
                case "--quick":
                    options.Mode = RunMode.Quick;
                    break;
                case "--smoke":
                    options.Mode = RunMode.Smoke;
                    break;
                case "--filter":
                    options.Filters.Add(Value(arguments, ref i));
                    break;
                case "--write":
                    options.Document = Value(arguments, ref i);
                    break;
                case "--output":
                    options.Output = Value(arguments, ref i);
                    break;
                case "--commit":
                    options.Commit = Value(arguments, ref i);
                    break;
                default:
                    throw new ArgumentException($"'{arguments[i]}' is not known. {Usage}");
            }
        }

        if (options.Output.Length == 0)
        {
            throw new ArgumentException($"--output is missing. {Usage}");
        }

        return options.Document is null || (options.Mode != RunMode.Smoke && options.Filters.Count == 0)
            ? options
            : throw new ArgumentException("--write wants everything measured: neither --smoke nor --filter.");
    }

    private static string Value(IReadOnlyList<string> arguments, ref int i) =>
        ++i < arguments.Count ? arguments[i] : throw new ArgumentException($"{arguments[i - 1]} wants a value. {Usage}");
}
