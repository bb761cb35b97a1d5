namespace WsCore.Delivery;

/// <summary>Goes on with lanes on the thread pool.</summary>
/// <remarks>
/// Where writing means handing bytes to a pipe whose other end is served by the pool too, a thread of the lane's own would only take turns with it, one context
/// switch a write; on the pool both share threads, and their work comes in batches. Measured in <c>docs/decisions/0006</c>.
/// </remarks>
internal sealed class PoolScheduler : LaneScheduler
{
    public override void Continue(Lane lane) => ThreadPool.UnsafeQueueUserWorkItem(lane, preferLocal: false);
}
