using Microsoft.Extensions.Logging;

namespace WsCore.Dispatch;

internal sealed partial class Dispatcher
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Error, Message = "A {Type} of connection {Connection} failed")]
    private static partial void Failed(ILogger logger, Exception exception, Protocol.MessageType type, string connection);

    [LoggerMessage(EventId = 2002, Level = LogLevel.Debug, Message = "A {Type} of connection {Connection} could not be done now")]
    private static partial void Unavailable(ILogger logger, Exception exception, Protocol.MessageType type, string connection);
}
