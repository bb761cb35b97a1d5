using System.Globalization;
using System.Text.RegularExpressions;
using WsCore.Hosting;
using WsCore.Namespaces;
using WsCore.Redis.Hosting;
using WsCore.Server.Api;
using WsCore.Server.Metrics;
using WsCore.TestKit.Files;

namespace WsCore.FunctionalTests.Server;

/// <summary><c>docs/configuration.md</c> has every setting there is and no other, with the names and the defaults of the options.</summary>
public sealed partial class ConfigurationDocumentTests
{
    private static readonly IReadOnlyDictionary<string, object?> Settings =
        SettingsOf(new WsCoreOptions(), "").Concat(SettingsOf(new RedisOptions(), RedisOptions.Section + ":"))
        .Concat(SettingsOf(new MetricsOptions(), MetricsOptions.Section + ":")).Concat(SettingsOf(new ApiOptions(), ApiOptions.Section + ":")).ToDictionary();

    private static readonly IReadOnlyDictionary<string, (string Variable, string Default)> Rows = Row()
        .Matches(File.ReadAllText(SourceTree.PathOf("docs/configuration.md")))
        .ToDictionary(row => row.Groups["setting"].Value, row => (row.Groups["variable"].Value, row.Groups["default"].Value.Trim('`')));

    [Fact]
    public void Every_setting_is_there_and_no_other() =>
        Assert.Equal(Settings.Keys.Order(StringComparer.Ordinal), Rows.Keys.Order(StringComparer.Ordinal));

    [Fact]
    public void Environment_variables_are_those_of_the_settings() =>
        Assert.All(Rows, row => Assert.Equal("WSCORE__" + row.Key.Replace(":", "__", StringComparison.Ordinal).Replace("<n>", "#", StringComparison.Ordinal)
            .ToUpperInvariant().Replace("#", "<n>", StringComparison.Ordinal), row.Value.Variable));

    [Fact]
    public void Defaults_are_those_of_the_options() =>
        Assert.All(Rows.Where(row => Settings[row.Key] is not null), row => Assert.Equal(Settings[row.Key] switch
        {
            TimeSpan time => $"{time.TotalSeconds}s",
            bool or PublishRule => Settings[row.Key]!.ToString()!.ToLowerInvariant(),
            var value => Convert.ToString(value, CultureInfo.InvariantCulture),
        }, row.Value.Default));

    // Values of lists, and those that depend on the machine or the environment, are null.
    private static IEnumerable<KeyValuePair<string, object?>> SettingsOf(object options, string prefix)
    {
        foreach (var property in options.GetType().GetProperties())
        {
            var name = prefix + property.Name;
            var value = property.GetValue(options);
            var below = value switch
            {
                IDictionary<string, NamespaceOptions> => SettingsOf(new NamespaceOptions(), name + ":<name>:"),
                IList<string> or IList<TimeSpan> => [new(name + ":<n>", null)],
                _ when property.PropertyType.Namespace!.StartsWith(nameof(WsCore), StringComparison.Ordinal) && property.PropertyType.IsClass =>
                    SettingsOf(value!, name + ":"),
                _ => [new KeyValuePair<string, object?>(name, value)],
            };
            foreach (var setting in below)
            {
                yield return setting;
            }
        }
    }

    [GeneratedRegex(@"^\| `(?<setting>[A-Z][^`]*)` \| `(?<variable>WSCORE__[^`]*)` \| (?<default>[^|]*) \|", RegexOptions.Multiline)]
    private static partial Regex Row();
}
