using Serilog;
using Serilog.Configuration;
using Serilog.Formatting.Json;

namespace WsCore.Server.Logs;

/// <summary>The log on standard output: to be read by people in Development, one JSON object a line elsewhere.</summary>
internal static class ServerLog
{
    private const string Readable = "{Timestamp:HH:mm:ss.fff} {Level:u3} {Message:lj} {SourceContext:l}{NewLine}{Exception}";

    /// <summary>Replaces the platform's loggers. Levels come from the section <c>Serilog</c>.</summary>
    public static void AddTo(WebApplicationBuilder builder, StartupFilter startup)
    {
        var logger = new LoggerConfiguration()
            .ReadFrom.Configuration(builder.Configuration)
            .Filter.With(startup, new QueryFilter())
            .WriteTo.Async(sinks => Console(sinks, builder.Environment.IsDevelopment()))
            .CreateLogger();
        builder.Logging.ClearProviders().AddSerilog(logger, dispose: true);
    }

    private static void Console(LoggerSinkConfiguration sinks, bool readable) => _ = readable
        ? sinks.Console(outputTemplate: Readable, formatProvider: System.Globalization.CultureInfo.InvariantCulture)
        : sinks.Console(new JsonFormatter(renderMessage: true, formatProvider: System.Globalization.CultureInfo.InvariantCulture));
}
