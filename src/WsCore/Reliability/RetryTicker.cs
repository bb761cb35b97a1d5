using WsCore.Delivery;
using WsCore.Heartbeat;

namespace WsCore.Reliability;

/// <summary>Wakes the lanes that have unconfirmed messages, once a second.</summary>
/// <param name="lanes">The lanes.</param>
/// <param name="isStopping">From then on nothing is repeated: who has not confirmed is about to go.</param>
internal sealed class RetryTicker(Lanes lanes, Func<bool> isStopping) : ITicked
{
    public void Tick()
    {
        foreach (var lane in lanes.All)
        {
            if (lane.Retries.Pending > 0 && !isStopping())
            {
                lane.Post(LaneItem.Tick(lane.Retries));
            }
        }
    }
}
