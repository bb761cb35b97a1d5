using Microsoft.Extensions.Logging;

namespace WsCore.Redis.Once;

internal sealed partial class RedisDedupeStore
{
    [LoggerMessage(EventId = 9401, Level = LogLevel.Error, Message = "Redis could not be told what became of a request with 'once'; it is told again")]
    private static partial void Failed(ILogger logger, Exception exception);

    [LoggerMessage(EventId = 9402, Level = LogLevel.Warning, Message = "A request with 'once' was carried out here after another node had claimed it, because this node had counted as dead: it may have been done twice")]
    private static partial void Lost(ILogger logger);
}
