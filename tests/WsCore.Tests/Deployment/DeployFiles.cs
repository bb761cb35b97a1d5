using System.Text.RegularExpressions;
using WsCore.Hosting;
using WsCore.TestKit.Files;

namespace WsCore.Tests.Deployment;

/// <summary>What the files of <c>deploy/</c> are compared with.</summary>
internal static partial class DeployFiles
{
    private static readonly string[] OfThePlatform = ["ASPNETCORE_FORWARDEDHEADERS_ENABLED", "ASPNETCORE_HTTP_PORTS", "DOTNET_EnableDiagnostics"];

    public static string[] Lines(string file) => File.ReadAllLines(SourceTree.PathOf(file));

    /// <summary>The instructions of the Dockerfile's last stage, continuation lines joined.</summary>
    public static IReadOnlyList<string> ImageInstructions()
    {
        var text = Continued().Replace(File.ReadAllText(SourceTree.PathOf("deploy/Dockerfile")), " ");
        var lines = text.Split('\n').Where(line => line.Length > 0 && !line.StartsWith('#')).ToList();
        return lines[lines.FindLastIndex(line => line.StartsWith("FROM ", StringComparison.Ordinal))..];
    }

    /// <summary>What follows one instruction, which must stand there once.</summary>
    public static string Image(string instruction) =>
        Assert.Single(ImageInstructions(), line => line.StartsWith($"{instruction} ", StringComparison.Ordinal))[(instruction.Length + 1)..].Trim();

    public static TimeSpan Duration(string text) => DurationText.TryParse(text, out var duration) ? duration : throw new FormatException($"'{text}' is no time.");

    /// <summary>Asserts that the server, or the platform, reads an environment variable: docs/configuration.md lists it (and another test compares that page with the options).</summary>
    public static void AssertIsSetting(string variable)
    {
        var known = Variable().Matches(File.ReadAllText(SourceTree.PathOf("docs/configuration.md"))).Select(match => match.Groups["name"].Value).ToList();
        Assert.True(known.Count > 50, "the page lists hardly any variable");
        Assert.True(
            OfThePlatform.Contains(variable) || known.Exists(name => Placeholder().Replace(name, "*").Split('*') is var parts && Fits(variable, parts)),
            $"{variable} is no setting");
    }

    private static bool Fits(string variable, string[] parts) =>
        Regex.IsMatch(variable, $"^{string.Join("[A-Z0-9-]+", parts.Select(Regex.Escape))}$", RegexOptions.CultureInvariant);

    [GeneratedRegex(@"\\\n\s*")]
    private static partial Regex Continued();

    [GeneratedRegex("`(?<name>WSCORE__[^`=]+)`")]
    private static partial Regex Variable();

    [GeneratedRegex("<[^>]+>")]
    private static partial Regex Placeholder();
}
