using System.CommandLine;
using System.CommandLine.Parsing;
using WsCore.LoadTests.Peers;

namespace WsCore.LoadTests.Commands;

/// <summary>The command line as a report repeats it.</summary>
internal static class CommandLineText
{
    /// <summary>What was given, but for the values of headers and the query of the address, which may be secrets, and for the folder of the report, which is of one machine and repeats nothing.</summary>
    public static string Of(ParseResult parsed)
    {
        var words = new List<string>();
        var option = "";
        foreach (var token in parsed.Tokens)
        {
            option = token.Type == TokenType.Option ? token.Value : option;
            if (option != OptionNames.Out)
            {
                words.Add(Quoted(token.Type == TokenType.Argument ? Shown(option, token.Value) : token.Value));
            }
        }

        return string.Join(' ', words);
    }

    private static string Shown(string option, string value) => option switch
    {
        OptionNames.Header or OptionNames.UserHeader => $"{value.Split(':')[0]}: ***",
        OptionNames.Url => Uri.TryCreate(value, UriKind.Absolute, out var url) ? PublicUrl.Of(url) : "***",
        _ => value,
    };

    private static string Quoted(string word) => word.AsSpan().ContainsAny(" <>|&;$*'\"{}()") ? $"\"{word.Replace("\"", "\\\"", StringComparison.Ordinal)}\"" : word;
}
