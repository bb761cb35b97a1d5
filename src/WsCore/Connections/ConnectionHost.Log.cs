using Microsoft.Extensions.Logging;

namespace WsCore.Connections;

internal sealed partial class ConnectionHost
{
    [LoggerMessage(EventId = 3001, Level = LogLevel.Debug, Message = "Connection {Connection} opened")]
    private static partial void Opened(ILogger logger, string connection);

    [LoggerMessage(EventId = 3002, Level = LogLevel.Debug, Message = "Connection {Connection} ended with {Code}")]
    private static partial void Ended(ILogger logger, string connection, ushort code);

    [LoggerMessage(EventId = 3003, Level = LogLevel.Error, Message = "A hook failed after connection {Connection} had ended")]
    private static partial void ClosedHookFailed(ILogger logger, Exception exception, string connection);

    [LoggerMessage(EventId = 3004, Level = LogLevel.Error, Message = "Connection {Connection} failed")]
    private static partial void Failed(ILogger logger, Exception exception, string connection);

    [LoggerMessage(EventId = 3005, Level = LogLevel.Error, Message = "A callback of the application failed when connection {Connection} ended")]
    private static partial void ClosedCallbackFailed(ILogger logger, Exception exception, string connection);
}
