using System.CommandLine;
using System.CommandLine.Parsing;

namespace WsCore.LoadTests.Commands;

/// <summary>The command line as a report repeats it.</summary>
internal static class CommandLineText
{
    /// <summary>What was given, but for the values of headers, which may be secrets, and for the folder of the report, which is of one machine and repeats nothing.</summary>
    public static string Of(ParseResult parsed)
    {
        var words = new List<string>();
        var option = "";
        foreach (var token in parsed.Tokens)
        {
            option = token.Type == TokenType.Option ? token.Value : option;
            if (option != OptionNames.Out)
            {
                words.Add(Quoted(token.Type == TokenType.Argument && option is (OptionNames.Header or OptionNames.UserHeader) ? Masked(token.Value) : token.Value));
            }
        }

        return string.Join(' ', words);
    }

    private static string Masked(string header) => $"{header.Split(':')[0]}: ***";

    private static string Quoted(string word) => word.AsSpan().ContainsAny(" <>|&;$*'\"{}()") ? $"\"{word.Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : word;
}
