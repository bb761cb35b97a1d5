using Microsoft.Extensions.Options;

namespace WsCore.Hosting;

/// <summary>The ranges that the options' attributes give, told with the settings' names as they are written: <c>Limits:MaxMessageBytes</c>, where the
/// generated validator says <c>MaxMessageBytes: The field WsCoreOptions.Limits.MaxMessageBytes</c>.</summary>
internal sealed class WsCoreOptionsRanges : IValidateOptions<WsCoreOptions>
{
    private const string Field = "The field " + nameof(WsCoreOptions) + ".";

    private readonly WsCoreOptionsValidator _generated = new();

    public ValidateOptionsResult Validate(string? name, WsCoreOptions options)
    {
        // Without the name: it would take the type's place in the messages.
        var result = _generated.Validate(null, options);
        return result.Failed ? ValidateOptionsResult.Fail(result.Failures.Select(Sentence)) : result;
    }

    private static string Sentence(string failure)
    {
        var start = failure.IndexOf(": ", StringComparison.Ordinal);
        var sentence = start < 0 ? failure : failure[(start + 2)..];
        if (!sentence.StartsWith(Field, StringComparison.Ordinal))
        {
            return sentence;
        }

        var words = sentence[Field.Length..].Split(' ', 2);
        return string.Join(' ', [words[0].Replace('.', ':'), .. words[1..]]);
    }
}
