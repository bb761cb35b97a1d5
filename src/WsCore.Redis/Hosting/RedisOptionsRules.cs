using System.Text;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Options;
using WsCore.Redis.Link;

namespace WsCore.Redis.Hosting;

/// <summary>What the options must be, told with the settings' names as they are written: <c>Redis:QueueSize</c>. No sentence has a secret in it.</summary>
internal sealed class RedisOptionsRules(IHostEnvironment environment) : IValidateOptions<RedisOptions>
{
    /// <summary>The shortest secret, in bytes.</summary>
    public const int LeastKeyBytes = 32;

    private const string Field = "The field " + nameof(RedisOptions) + ".";

    private readonly RedisOptionsValidator _ranges = new();

    public ValidateOptionsResult Validate(string? name, RedisOptions options)
    {
        var problems = new List<string>();
        if (_ranges.Validate(null, options) is { Failed: true } result)
        {
            problems.AddRange(result.Failures.Select(Sentence));
        }

        if (ConnectionProblem(options.Connection) is { } connection)
        {
            problems.Add($"{RedisOptions.Section}:{nameof(RedisOptions.Connection)}: {connection}");
        }

        if (KeyProblem(options.HmacKey) is { } key)
        {
            problems.Add($"{RedisOptions.Section}:{nameof(RedisOptions.HmacKey)} {key}");
        }

        return problems.Count == 0 ? ValidateOptionsResult.Success : ValidateOptionsResult.Fail(problems);
    }

    private static string? ConnectionProblem(string? connection)
    {
        if (string.IsNullOrWhiteSpace(connection))
        {
            return "There is none. Write it as host:port, or leave AddRedis out.";
        }

        try
        {
            ConnectionText.Parse(connection);
            return null;
        }
        catch (FormatException e)
        {
            return e.Message;
        }
    }

    private string? KeyProblem(string? key) => key switch
    {
        null when !environment.IsDevelopment() =>
            $"must be given outside Development (environment variable WSCORE__REDIS__HMACKEY, or where AddRedis is called): a secret of at least {LeastKeyBytes} bytes, the same on all nodes. "
            + "Whoever can write to Redis could speak for every node without it. Make one with: openssl rand -base64 32",
        not null when Encoding.UTF8.GetByteCount(key) < LeastKeyBytes =>
            $"must be at least {LeastKeyBytes} bytes of text, not {Encoding.UTF8.GetByteCount(key)}. Make one with: openssl rand -base64 32",
        _ => null,
    };

    private static string Sentence(string failure)
    {
        var start = failure.IndexOf(": ", StringComparison.Ordinal);
        var sentence = start < 0 ? failure : failure[(start + 2)..];
        return $"{RedisOptions.Section}:{(sentence.StartsWith(Field, StringComparison.Ordinal) ? sentence[Field.Length..] : sentence)}";
    }
}
