using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Options;

namespace WsCore.Redis.Hosting;

/// <summary>Reads the options from a section of the configuration. What is empty counts as not set.</summary>
internal static class RedisSection
{
    /// <exception cref="OptionsValidationException">With a sentence for the value that is none.</exception>
    public static void Read(IConfiguration section, RedisOptions options)
    {
        options.Connection = Text(section, nameof(RedisOptions.Connection)) ?? options.Connection;
        options.Prefix = Text(section, nameof(RedisOptions.Prefix)) ?? options.Prefix;
        options.HmacKey = Text(section, nameof(RedisOptions.HmacKey)) ?? options.HmacKey;
        if (Text(section, nameof(RedisOptions.QueueSize)) is { } size)
        {
            options.QueueSize = int.TryParse(size, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var number)
                ? number
                : throw new OptionsValidationException(
                    Options.DefaultName, typeof(RedisOptions), [$"{RedisOptions.Section}:{nameof(RedisOptions.QueueSize)} must be a whole number in its range, not '{size}'."]);
        }
    }

    private static string? Text(IConfiguration section, string name) => string.IsNullOrWhiteSpace(section[name]) ? null : section[name];
}
