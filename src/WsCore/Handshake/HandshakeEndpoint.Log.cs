using Microsoft.Extensions.Logging;

namespace WsCore.Handshake;

internal sealed partial class HandshakeEndpoint
{
    [LoggerMessage(EventId = 1001, Level = LogLevel.Debug, Message = "Handshake refused with {Status}: {Sentence}")]
    private static partial void Refused(ILogger logger, int status, string sentence);

    [LoggerMessage(EventId = 1002, Level = LogLevel.Error, Message = "A hook failed while connection {Connection} was opened")]
    private static partial void OpeningFailed(ILogger logger, Exception exception, string connection);
}
