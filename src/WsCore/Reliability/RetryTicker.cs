using WsCore.Delivery;
using WsCore.Heartbeat;

namespace WsCore.Reliability;

/// <summary>Wakes the lanes that have unconfirmed messages, once a second.</summary>
internal sealed class RetryTicker(Lanes lanes) : ITicked
{
    public void Tick()
    {
        foreach (var lane in lanes.All)
        {
            if (lane.Retries.Pending > 0)
            {
                lane.Post(LaneItem.Tick(lane.Retries));
            }
        }
    }
}
