using Serilog.Core;
using Serilog.Events;

namespace WsCore.Server.Logs;

/// <summary>Keeps query strings out of the log whatever its levels: they may carry what lets somebody in.</summary>
/// <remarks>
/// These two parts of the platform write a request's target, and do so below Warning. Stateless.
/// </remarks>
internal sealed class QueryFilter : ILogEventFilter
{
    private static readonly string[] Talkative = ["Microsoft.AspNetCore.Hosting.Diagnostics", "Microsoft.AspNetCore.Server.Kestrel.BadRequests"];

    public bool IsEnabled(LogEvent logEvent) =>
        logEvent.Level >= LogEventLevel.Warning
        || !(logEvent.Properties.TryGetValue(Constants.SourceContextPropertyName, out var source)
            && source is ScalarValue { Value: string name }
            && Talkative.Contains(name, StringComparer.Ordinal));
}
