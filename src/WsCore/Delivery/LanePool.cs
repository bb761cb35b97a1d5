namespace WsCore.Delivery;

internal sealed class LanePool : LaneScheduler
{
    public override int SpotFlushes { get; } = int.Parse(Environment.GetEnvironmentVariable("SPOT") ?? "64");
    public override void Continue(Lane lane) => ThreadPool.UnsafeQueueUserWorkItem(lane, preferLocal: false);
}
