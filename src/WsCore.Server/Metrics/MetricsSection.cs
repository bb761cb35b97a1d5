using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Microsoft.Extensions.Options;
using WsCore.Hosting;
using WsCore.Server.Api;

namespace WsCore.Server.Metrics;

/// <summary>Reads what the configuration says of metrics and of the key, before the server has any part that could ask for options: the port is one of its addresses.</summary>
internal static partial class MetricsSection
{
    private static readonly string[] Reserved = ["/", "/health/live", "/health/ready"];

    /// <exception cref="OptionsValidationException">With a sentence for each value that is wrong. No sentence has the key in it.</exception>
    public static (MetricsOptions Metrics, ApiOptions Api) Read(IConfiguration section)
    {
        var problems = new List<string>();
        var metrics = new MetricsOptions();
        var api = new ApiOptions { Key = NotEmpty(section[$"{ApiOptions.Section}:{nameof(ApiOptions.Key)}"])?.Trim() }; // a file ends with a new line, and a header has none
        if (NotEmpty(section[$"{MetricsOptions.Section}:{nameof(MetricsOptions.Path)}"]) is { } path)
        {
            metrics.Path = path;
        }

        if (PathProblem(metrics.Path, section[nameof(WsCoreOptions.Path)] ?? new WsCoreOptions().Path) is { } wrong)
        {
            problems.Add($"Metrics:Path {wrong}");
        }

        if (NotEmpty(section[$"{MetricsOptions.Section}:{nameof(MetricsOptions.Port)}"]) is { } port)
        {
            if (int.TryParse(port, NumberStyles.None, CultureInfo.InvariantCulture, out var number) && number is >= 1 and <= 65_535)
            {
                metrics.Port = number;
            }
            else
            {
                problems.Add($"Metrics:Port must be a port from 1 to 65535, not '{port}'.");
            }
        }

        if (api.Key is not null && api.Key.Any(char.IsControl))
        {
            problems.Add("Api:Key must be one line without control characters: a header can carry no other.");
        }

        if (api.Key is not null && Encoding.UTF8.GetByteCount(api.Key) < ApiOptions.LeastKeyBytes)
        {
            problems.Add($"Api:Key must be at least {ApiOptions.LeastKeyBytes} bytes of text, not {Encoding.UTF8.GetByteCount(api.Key)}. Make one with: openssl rand -base64 32");
        }

        return problems.Count == 0 ? (metrics, api) : throw Wrong(problems);
    }

    /// <summary>What the start fails with: a sentence for each problem, without the name of the server's section.</summary>
    public static OptionsValidationException Wrong(IEnumerable<string> problems) => new(Options.DefaultName, typeof(MetricsOptions), problems);

    private static string? PathProblem(string path, string webSockets)
    {
        if (!Plain().IsMatch(path))
        {
            return $"must begin with a slash and have letters, digits, '/', '.', '_', '~' and '-' only, not '{path}'.";
        }

        if (path.Contains("//", StringComparison.Ordinal))
        {
            return $"must have something between any two slashes, not '{path}'.";
        }

        return Reserved.Append(webSockets).Any(taken => path.TrimEnd('/').Equals(taken.TrimEnd('/'), StringComparison.OrdinalIgnoreCase))
            ? $"must be another than '{path}', which is something else's."
            : null;
    }

    // An environment variable cannot be unset everywhere, so empty means not set.
    private static string? NotEmpty(string? value) => string.IsNullOrWhiteSpace(value) ? null : value;

    [GeneratedRegex("^/[A-Za-z0-9/._~-]*$")]
    private static partial Regex Plain();
}
