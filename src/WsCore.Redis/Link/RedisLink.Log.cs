using Microsoft.Extensions.Logging;

namespace WsCore.Redis.Link;

internal sealed partial class RedisLink
{
    [LoggerMessage(EventId = 9001, Level = LogLevel.Information, Message = "Connected to Redis at {EndPoint}, version {Version}, run {RunId}, incarnation {Incarnation}: {News}")]
    private static partial void Connected(ILogger logger, string endPoint, Version version, string runId, long incarnation, string news);

    [LoggerMessage(EventId = 9002, Level = LogLevel.Error, Message = "Redis at {EndPoint} is lost: no message came back through it. Rooms with history are unavailable until it is back")]
    private static partial void Lost(ILogger logger, string endPoint);

    [LoggerMessage(EventId = 9003, Level = LogLevel.Warning, Message = "Redis cannot be used now, and is tried again each second: {Problem}")]
    private static partial void NotConnected(ILogger logger, string problem);

    [LoggerMessage(EventId = 9004, Level = LogLevel.Warning, Message = "Redis at {EndPoint} has other data than before (run {RunId}, incarnation {Incarnation}): messages of before are lost")]
    private static partial void Changed(ILogger logger, string endPoint, string runId, long incarnation);

    [LoggerMessage(EventId = 9005, Level = LogLevel.Warning, Message = "Redis removes keys when its memory is full (maxmemory-policy {Policy}): history and presence can be lost. Set it to noeviction")]
    private static partial void Evicts(ILogger logger, string policy);

    [LoggerMessage(EventId = 9006, Level = LogLevel.Error, Message = "Work for Redis failed and begins anew")]
    private static partial void LoopFailed(ILogger logger, Exception exception);
}
