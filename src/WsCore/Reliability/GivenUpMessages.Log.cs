using Microsoft.Extensions.Logging;

namespace WsCore.Reliability;

internal sealed partial class GivenUpMessages
{
    [LoggerMessage(EventId = 8001, Level = LogLevel.Warning, Message = "Gave up {Count} reliable messages: connection {Connection} did not confirm them, sent {Attempts} times")]
    private static partial void GaveUp(ILogger logger, int count, string connection, int attempts);

    [LoggerMessage(EventId = 8002, Level = LogLevel.Error, Message = "A hook failed that was told of a message which connection {Connection} did not confirm")]
    private static partial void HookFailed(ILogger logger, Exception exception, string connection);

    [LoggerMessage(EventId = 8003, Level = LogLevel.Warning, Message = "Gave up reliable messages of more connections than are named here; wscore.reliable.given_up counts them")]
    private static partial void GaveUpMore(ILogger logger);
}
