namespace WsCore.Server.Otlp;

internal static partial class OtlpLog
{
    [LoggerMessage(EventId = 5201, Level = LogLevel.Information, Message = "Metrics are pushed to {Endpoint}")]
    public static partial void Started(ILogger logger, string endpoint);

    [LoggerMessage(EventId = 5202, Level = LogLevel.Warning, Message = "Metrics could not be pushed; the next are tried all the same, and this is not logged again for ten minutes: {Cause}")]
    public static partial void Failed(ILogger logger, string cause);
}
