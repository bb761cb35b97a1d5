namespace WsCore.Server.Health;

/// <summary>The command line of a program that is to ask a running server how it is, instead of being one: <c>--health</c>, <c>--health ready</c>, <c>--health live</c>.</summary>
/// <param name="Question">What was asked for: <c>ready</c> where nothing was said; anything else that stood there, which is a mistake.</param>
/// <param name="Rest">The other arguments. They say where the server listens, as they said it to the server.</param>
internal sealed record HealthCommand(string Question, string[] Rest)
{
    public const string Ready = "ready";

    public const string Live = "live";

    private const string Name = "--health";

    /// <summary>The command; null where the arguments are a server's.</summary>
    public static HealthCommand? Read(string[] args)
    {
        var at = Array.FindIndex(args, argument => argument == Name || argument.StartsWith($"{Name}=", StringComparison.Ordinal));
        if (at < 0)
        {
            return null;
        }

        if (args[at] != Name)
        {
            return new HealthCommand(args[at][(Name.Length + 1)..], [.. args[..at], .. args[(at + 1)..]]);
        }

        return at + 1 < args.Length && !args[at + 1].StartsWith('-')
            ? new HealthCommand(args[at + 1], [.. args[..at], .. args[(at + 2)..]])
            : new HealthCommand(Ready, [.. args[..at], .. args[(at + 1)..]]);
    }
}
