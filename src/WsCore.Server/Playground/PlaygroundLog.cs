namespace WsCore.Server.Playground;

internal static partial class PlaygroundLog
{
    [LoggerMessage(EventId = 5001, Level = LogLevel.Information, Message = "Open the playground in a browser, in two windows even: {Address}")]
    public static partial void Ready(ILogger logger, string address);
}
