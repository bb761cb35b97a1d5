using Microsoft.Extensions.Logging;

namespace WsCore.Dispatch;

internal sealed partial class Dispatcher
{
    [LoggerMessage(EventId = 2001, Level = LogLevel.Error, Message = "A {Type} of connection {Connection} failed")]
    private static partial void Failed(ILogger logger, Exception exception, Protocol.MessageType type, string connection);
}
