using System.Text.Json;
using System.Text.RegularExpressions;
using WsCore.TestKit.Files;

namespace WsCore.Tests.Repository;

/// <summary>The rules of this repository that neither the compiler nor an analyzer checks, by reading its files.</summary>
public sealed partial class RepositoryTests
{
    private const string TheFileThatMayWait = "tests/WsCore.TestKit/Time/Eventually.cs";

    private readonly List<string> _offences = [];

    [Fact]
    public void Source_IsFound() => Assert.NotEmpty(SourceTree.Files("src", ".cs"));

    [Theory]
    [InlineData("src", 500)]
    [InlineData("tests", 600)]
    public void SourceFile_IsNotTooLong(string folder, int most)
    {
        Read(SourceTree.Files(folder, ".cs"), (name, text) =>
        {
            var lines = text.TrimEnd('\n').Split('\n').Length;
            Require(lines <= most, $"{name}: {lines} lines, at most {most}");
        });
        AssertNoOffence();
    }

    [Fact]
    public void SourceFile_HasOneTopLevelType()
    {
        Read(SourceTree.Files("src", ".cs"), (name, text) =>
        {
            // File-scoped namespaces: what stands at the margin is top level.
            var types = TopLevelType().Matches(text).Select(m => m.Groups["name"].Value).ToList();
            Require(types.Count <= 1, $"{name}: {string.Join(", ", types)}");
        });
        AssertNoOffence();
    }

    [Fact]
    public void Tests_WaitForConditionsNeverForTime()
    {
        Read(SourceTree.Files("tests", ".cs"), (name, text) =>
        {
            var found = name == TheFileThatMayWait ? [] : RealWait().Matches(text).Select(m => m.Value);
            _offences.AddRange(found.Select(wait => $"{name}: {wait}"));
        });
        AssertNoOffence();
    }

    [Fact]
    public void LoggerMessage_EventIdIsGivenAndUnique()
    {
        var owners = new Dictionary<string, string>(StringComparer.Ordinal);
        Read(SourceTree.Files("src", ".cs"), (name, text) =>
        {
            foreach (Match message in LoggerMessageStart().Matches(text))
            {
                var id = message.Groups["id"].Value;
                Require(id.Length > 0, $"{name}: {message.Value} without a number as EventId in its first place");
                Require(id.Length == 0 || owners.TryAdd(id, name), $"{name}: EventId {id} is also in {owners.GetValueOrDefault(id)}");
            }
        });
        AssertNoOffence();
    }

    [Fact]
    public void OperationsDocument_LogEventsAreThereWithTheirLevels()
    {
        var levels = new Dictionary<string, string>(StringComparer.Ordinal);
        Read(SourceTree.Files("src", ".cs"), (_, text) =>
        {
            foreach (Match message in LeveledLoggerMessage().Matches(text))
            {
                levels[message.Groups["id"].Value] = message.Groups["level"].Value;
            }
        });
        var named = 0;
        Read(SourceTree.Files("docs", ".md").Where(path => Path.GetFileName(path) == "operations.md"), (name, text) =>
        {
            foreach (Match row in LogEventRow().Matches(text))
            {
                var (id, level) = (row.Groups["id"].Value, row.Groups["level"].Value);
                Require(levels.GetValueOrDefault(id) == level, $"{name}: {id} is {level} there, and {levels.GetValueOrDefault(id) ?? "nothing"} in the source");
                named++;
            }
        });
        AssertNoOffence();
        Assert.True(named >= 20, $"{named} events are named");
    }

    [Fact]
    public void Source_LeavesNothingForLater()
    {
        Read(
            SourceTree.Files("src").Where(IsText),
            (name, text) => _offences.AddRange(LeftForLater().Matches(text).Select(m => $"{name}: {m.Value}")));
        AssertNoOffence();
    }

    [Fact]
    public void ProtocolDocument_EveryJsonExampleParses()
    {
        Read(SourceTree.Files("docs", ".md").Where(path => Path.GetFileName(path) == "protocol.md"), (name, text) =>
        {
            foreach (Match block in JsonBlock().Matches(text))
            {
                try
                {
                    using var document = JsonDocument.Parse(block.Groups["json"].Value);
                }
                catch (JsonException e)
                {
                    _offences.Add($"{name}: {e.Message}\n{block.Groups["json"].Value}");
                }
            }
        });
        AssertNoOffence();
    }

    [Fact]
    public void Documents_RelativeLinksPointToFiles()
    {
        Read(SourceTree.Files("", ".md"), (name, text) =>
        {
            foreach (Match link in Link().Matches(CodeBlock().Replace(text, "")))
            {
                var target = Uri.UnescapeDataString(link.Groups["target"].Value.Split('#')[0]);
                var start = target.StartsWith('/') ? "" : Path.GetDirectoryName(name)!;
                var path = SourceTree.PathOf(Path.Combine(start, target.TrimStart('/')));
                Require(target.Length == 0 || Path.Exists(path), $"{name}: {link.Groups["target"].Value}");
            }
        });
        AssertNoOffence();
    }

    [Fact]
    public void Guarantees_NameTestsThatThereAre()
    {
        var named = BackQuoted().Matches(File.ReadAllText(SourceTree.PathOf("docs/guarantees.md")))
            .Select(match => match.Groups["name"].Value)
            .Where(name => (char.IsUpper(name[0]) && name.Contains('_', StringComparison.Ordinal)) || name.EndsWith("Tests", StringComparison.Ordinal))
            .ToArray();
        var source = string.Concat(SourceTree.Files("tests", ".cs").Select(File.ReadAllText));

        Assert.True(named.Length > 20, "the page names hardly any test");
        Assert.All(named, name => Assert.True(source.Contains($" {name}(", StringComparison.Ordinal) || source.Contains($"class {name}", StringComparison.Ordinal), $"there is no test {name}"));
    }

    [Theory]
    [InlineData("docs/operations.md", false)]
    [InlineData("docs/dotnet-client.md", true)]
    public void Instruments_AreAllInATable(string document, bool ofTheClient)
    {
        var rows = OperationsRow().Matches(File.ReadAllText(SourceTree.PathOf(document))).Select(m => m.Groups["name"].Value).ToList();
        var instruments = new SortedSet<string>(StringComparer.Ordinal);
        Read(
            SourceTree.Files("src", ".cs").Where(name => name.Contains("WsCore.Client", StringComparison.Ordinal) == ofTheClient),
            (_, text) => instruments.UnionWith(Instrument().Matches(text).Select(m => m.Groups["name"].Value)));

        Assert.NotEmpty(instruments);
        Assert.Empty(instruments.Except(rows));
        Assert.Empty(rows.Except(instruments));
        Assert.Equal(rows.Distinct(), rows);
    }

    [Fact]
    public void Text_NamesNoFolderOfOneMachine()
    {
        Read(
            SourceTree.Files().Where(IsText),
            (name, text) => _offences.AddRange(MachinePath().Matches(text).Select(m => $"{name}: {m.Value}")));
        AssertNoOffence();
    }

    [Theory]
    [InlineData("namespace N;\n\npublic sealed partial class A<T>\n{\n    enum B { }\n}\n", 1)]
    [InlineData("internal readonly record struct A(int B);\ninternal interface IB;\n", 2)]
    [InlineData("[Flags]\npublic enum A\n{\n}\npublic delegate void B(int c);\n", 2)]
    [InlineData("record class A;\nfile static class B;\nunsafe ref struct C;\nrecord D;\n", 4)]
    [InlineData("// class A\nvar recorded = 1;\nclassify();\n", 0)]
    public void TopLevelType_FindsTypesAtTheMargin(string text, int count) =>
        Assert.Equal(count, TopLevelType().Count(text));

    [Fact]
    public void LoggerMessageStart_FindsIdsInEverySpelling()
    {
        const string Text = """
            [LoggerMessage(EventId = 1001, Level = LogLevel.Information, Message = "a (b) [c]")]
            [LoggerMessage(1002, LogLevel.Debug, "x")]
            [LoggerMessage(
                EventId = 1003,
                Message = "y")]
            [LoggerMessage(Message = "z")]
            """;

        Assert.Equal(["1001", "1002", "1003", ""], LoggerMessageStart().Matches(Text).Select(m => m.Groups["id"].Value));
    }

    private static bool IsText(string path)
    {
        using var file = File.OpenRead(path);
        Span<byte> head = stackalloc byte[4096];
        return !head[..file.Read(head)].Contains((byte)0);
    }

    private static void Read(IEnumerable<string> paths, Action<string, string> check)
    {
        foreach (var path in paths)
        {
            check(SourceTree.NameOf(path), File.ReadAllText(path));
        }
    }

    private void Require(bool condition, string offence)
    {
        if (!condition)
        {
            _offences.Add(offence);
        }
    }

    private void AssertNoOffence() => Assert.True(_offences.Count == 0, string.Join('\n', _offences));

    [GeneratedRegex("`(?<name>[A-Za-z0-9_]+)`")]
    private static partial Regex BackQuoted();

    [GeneratedRegex(
        @"^(?:(?:public|internal|file|sealed|static|abstract|partial|readonly|ref|unsafe)\s+)*"
        + @"(?:record\s+class|record\s+struct|class|struct|interface|enum|record|delegate\s+\S+)\s+(?<name>\w+)\s*[<({:;\r\n]",
        RegexOptions.Multiline)]
    private static partial Regex TopLevelType();

    [GeneratedRegex(@"\bThread\s*\.\s*Sleep\b|\bTask\s*\.\s*Delay\s*\(")]
    private static partial Regex RealWait();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:(?:EventId\s*=\s*)?(?<id>\d+)\b)?")]
    private static partial Regex LoggerMessageStart();

    [GeneratedRegex(@"\[LoggerMessage\(\s*(?:EventId\s*=\s*)?(?<id>\d+),\s*(?:Level\s*=\s*)?LogLevel\.(?<level>\w+)")]
    private static partial Regex LeveledLoggerMessage();

    [GeneratedRegex(@"^\| (?<id>\d{4}) \| (?<level>\w+) \|", RegexOptions.Multiline)]
    private static partial Regex LogEventRow();

    [GeneratedRegex(@"\b(?:TODO|FIXME|HACK)\b")]
    private static partial Regex LeftForLater();

    [GeneratedRegex(@"^[ \t]*```json[^\n]*\n(?<json>.*?)^[ \t]*```", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex JsonBlock();

    [GeneratedRegex(@"^[ \t]*(```|~~~).*?^[ \t]*\1|`[^`\n]*`", RegexOptions.Multiline | RegexOptions.Singleline)]
    private static partial Regex CodeBlock();

    [GeneratedRegex(@"\]\(<?(?!(?:[a-z][a-z0-9+.-]*:|//))(?<target>[^()\s<>]+)>?(?:\s+""[^""]*"")?\)")]
    private static partial Regex Link();

    [GeneratedRegex(@"^\| `(?<name>wscore\.[^`]*)` \|", RegexOptions.Multiline)]
    private static partial Regex OperationsRow();

    [GeneratedRegex(@"\.Create(?:Observable)?(?:Counter|UpDownCounter|Gauge|Histogram)(?:<\w+>)?\(\s*""(?<name>[^""]+)""")]
    private static partial Regex Instrument();

    // The brackets keep these patterns from finding themselves.
    [GeneratedRegex(@"(?<![\w.}])/(?:[w]ork/\w|[t]mp/wt|[U]sers/\w+/)")]
    private static partial Regex MachinePath();
}
