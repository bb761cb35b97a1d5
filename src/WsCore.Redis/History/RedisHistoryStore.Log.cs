using Microsoft.Extensions.Logging;

namespace WsCore.Redis.History;

/// <content>Its log.</content>
internal sealed partial class RedisHistoryStore
{
    [LoggerMessage(EventId = 9201, Level = LogLevel.Error, Message = "The messages of rooms could not be checked or repaired; it is tried again in a second")]
    private static partial void RepairFailed(ILogger logger, Exception exception);
}
