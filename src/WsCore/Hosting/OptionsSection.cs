using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace WsCore.Hosting;

/// <summary>Reads the options from a section of the configuration; says everything that it cannot read, in a sentence each.</summary>
internal static class OptionsSection
{
    // The platform's binder: "Failed to convert configuration value '{0}' at '{1}' to type '{2}'."
    private const string ValueEnd = "' at '";
    private const string RetryDelays = "Reliable:RetryDelays:";
    private const string NameEnd = "' to type '";

    /// <exception cref="OptionsValidationException">With a sentence for each value that is none.</exception>
    public static void Read(IConfiguration section, WsCoreOptions options)
    {
        // A copy, because times are rewritten into the platform's form and what cannot be read is taken out to find what else cannot.
        var values = section.AsEnumerable(makePathsRelative: true)
            .Where(value => value.Value is not null)
            .ToDictionary(value => value.Key, value => value.Value, StringComparer.OrdinalIgnoreCase);
        var problems = new List<string>();
        RewriteDurations(values, problems);
        if (values.Keys.Any(name => name.StartsWith(RetryDelays, StringComparison.OrdinalIgnoreCase)))
        {
            options.Reliable.RetryDelays = []; // the binder adds to a list, and a list that is set replaces the default
        }

        while (Bind(values, options) is { } failure)
        {
            var (name, sentence) = Explain(failure, values);
            problems.Add(sentence);
            if (name is null || !values.Remove(name))
            {
                break;
            }
        }

        if (problems.Count > 0)
        {
            throw new OptionsValidationException(Options.DefaultName, typeof(WsCoreOptions), problems);
        }
    }

    private static void RewriteDurations(Dictionary<string, string?> values, List<string> problems)
    {
        foreach (var key in values.Keys.ToArray())
        {
            if (DurationSetting.Spelling(key) is not { } name || !values.Remove(key, out var text) || string.IsNullOrWhiteSpace(text))
            {
                continue; // not set: an environment variable cannot be unset everywhere, so empty means that too
            }

            if (DurationText.TryParse(text, out var duration))
            {
                values[name] = duration.ToString("c");
            }
            else
            {
                problems.Add($"{name} must be {DurationText.Rule}, not '{text}'.");
            }
        }
    }

    private static string? Bind(Dictionary<string, string?> values, WsCoreOptions options)
    {
        try
        {
            new ConfigurationBuilder().AddInMemoryCollection(values).Build().Bind(options);
            return null;
        }
        catch (InvalidOperationException exception)
        {
            return exception.Message;
        }
    }

    private static (string? Name, string Sentence) Explain(string failure, Dictionary<string, string?> values)
    {
        var nameEnd = failure.LastIndexOf(NameEnd, StringComparison.Ordinal);
        var valueEnd = nameEnd < 0 ? -1 : failure.LastIndexOf(ValueEnd, nameEnd, StringComparison.Ordinal);
        if (valueEnd < 0)
        {
            return (null, failure);
        }

        var name = failure[(valueEnd + ValueEnd.Length)..nameEnd];
        return (name, $"{name} must be {Kind(failure[(nameEnd + NameEnd.Length)..])}, not '{values.GetValueOrDefault(name)}'.");
    }

    private static string Kind(string type) => type switch
    {
        _ when type.Contains("Int", StringComparison.Ordinal) => "a whole number in its range",
        _ when type.Contains("Boolean", StringComparison.Ordinal) => "true or false",
        _ when type.Contains("PublishRule", StringComparison.Ordinal) => "members, anyone or server",
        _ => "of its kind (" + type.TrimEnd('.', '\'') + ")",
    };
}
