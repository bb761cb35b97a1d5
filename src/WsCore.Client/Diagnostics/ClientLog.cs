using Microsoft.Extensions.Logging;

namespace WsCore.Client.Diagnostics;

internal static partial class ClientLog
{
    [LoggerMessage(EventId = 10001, Level = LogLevel.Information, Message = "Disconnected ({Code}: {Reason}); again in {Delay}.")]
    public static partial void Disconnected(this ILogger logger, int code, string reason, TimeSpan delay);

    [LoggerMessage(EventId = 10002, Level = LogLevel.Warning, Message = "Disconnected for good ({Code}: {Reason}).")]
    public static partial void Ended(this ILogger logger, int code, string reason);

    [LoggerMessage(EventId = 10003, Level = LogLevel.Information, Message = "The server wants this client elsewhere, in {Delay}.")]
    public static partial void Moving(this ILogger logger, TimeSpan delay);

    [LoggerMessage(EventId = 10004, Level = LogLevel.Information, Message = "Moving elsewhere failed, so the old connection is used as long as it lives: {Reason}")]
    public static partial void MoveFailed(this ILogger logger, string reason);
}
