using Microsoft.Extensions.Logging;

namespace WsCore.Redis.History;

/// <content>Its log.</content>
internal sealed partial class RedisHistoryStore
{
    [LoggerMessage(9201, LogLevel.Error, "The messages of rooms could not be checked or repaired; it is tried again in a second.")]
    private static partial void RepairFailed(ILogger logger, Exception exception);
}
