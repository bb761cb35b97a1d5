using Microsoft.Extensions.Logging;

namespace WsCore.Delivery;

/// <summary>Goes on with lanes on the thread pool.</summary>
/// <remarks>
/// Where writing means handing bytes to a pipe whose other end is served by the pool too, a thread of the lane's own would only take turns with it, one context
/// switch a write; on the pool both share threads, and their work comes in batches. Measured in <c>docs/decisions/0006</c>.
/// </remarks>
internal sealed partial class PoolScheduler(ILogger<PoolScheduler> logger) : LaneScheduler
{
    public override void Continue(Lane lane) => ThreadPool.UnsafeQueueUserWorkItem(lane, preferLocal: false);

    public override void Failed(Lane lane, Exception exception) => Failed(logger, exception, lane.Index);

    [LoggerMessage(EventId = 7001, Level = LogLevel.Critical, Message = "Lane {Lane} failed at an item and goes on with the next")]
    private static partial void Failed(ILogger logger, Exception exception, int lane);
}
