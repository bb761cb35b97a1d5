namespace WsCore.Server.Metrics;

internal static partial class MetricsLog
{
    [LoggerMessage(EventId = 5101, Level = LogLevel.Information, Message = "Metrics are not served: set WsCore:Metrics:Port (WSCORE__METRICS__PORT=9464) for a port of their own, or WsCore:Api:Key (WSCORE__API__KEY) to serve {Path} to whoever shows that key")]
    public static partial void Off(ILogger logger, string path);

    [LoggerMessage(EventId = 5102, Level = LogLevel.Warning, Message = "Metrics are incomplete: reading an instrument failed; the same is not logged again")]
    public static partial void Incomplete(ILogger logger, Exception exception);
}
