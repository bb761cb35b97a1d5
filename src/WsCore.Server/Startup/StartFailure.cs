using System.Net.Sockets;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Extensions.Options;
using WsCore.Hosting;
using WsCore.Redis.Hosting;
using WsCore.Server.Metrics;

namespace WsCore.Server.Startup;

/// <summary>Says in sentences why the server did not start, where that is the operator's to mend.</summary>
internal static class StartFailure
{
    /// <summary>One sentence for each problem; none where the exception is a fault of the program, which deserves its stack trace.</summary>
    public static IReadOnlyList<string> Explain(Exception exception) => exception switch
    {
        AggregateException several => [.. several.InnerExceptions.SelectMany(Explain)],
        OptionsValidationException invalid when invalid.OptionsType == typeof(WsCoreOptions) || invalid.OptionsType == typeof(RedisOptions) || invalid.OptionsType == typeof(MetricsOptions) =>
            [.. invalid.Failures.Select(failure => $"{WsCoreOptions.Section}:{failure}")],
        OptionsValidationException invalid => [.. invalid.Failures],

        RoutePatternException pattern => [$"{WsCoreOptions.Section}:{nameof(WsCoreOptions.Path)} is not a path: {OneLine(pattern.Message)}"],

        // Kestrel's and the platform's own sentences name the address, the file or the value; the cause has the rest.
        IOException or InvalidDataException or InvalidOperationException or FormatException or ArgumentException =>
            [$"The server cannot start: {Chain(exception)}"],
        SocketException socket => [$"The server cannot listen on an address that it was given ({socket.SocketErrorCode}): {OneLine(socket.Message)}"],
        UnauthorizedAccessException denied => [$"The server cannot start: {OneLine(denied.Message)}"],
        _ => [],
    };

    private static string Chain(Exception exception)
    {
        var sentences = new List<string>();
        for (Exception? cause = exception; cause is not null; cause = cause.InnerException)
        {
            var sentence = OneLine(cause.Message);
            if (!sentences.Exists(said => said.Contains(sentence.TrimEnd('.'), StringComparison.OrdinalIgnoreCase)))
            {
                sentences.Add(sentence);
            }
        }

        return string.Join(' ', sentences);
    }

    private static string OneLine(string text) => text.ReplaceLineEndings(" ").Trim();
}
