using Microsoft.Extensions.Logging;

namespace WsCore.Access;

internal sealed partial class HookRunner
{
    [LoggerMessage(EventId = 4001, Level = LogLevel.Error, Message = "A hook failed after a message of connection {Connection} had been delivered")]
    private static partial void DeliveredHookFailed(ILogger logger, Exception exception, string connection);
}
