using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Protocol;

namespace WsCore.Dispatch;

/// <summary>A request that may carry a <c>once</c>.</summary>
internal interface IRepeatable
{
    /// <summary>Carries the request out and answers it.</summary>
    /// <returns>The <c>ack</c>, sent or (without an id) only made, where the request has a <c>once</c>; null where it was refused and had no effect.</returns>
    ValueTask<Frame?> CarryOutAsync(Connection connection, Envelope envelope);
}
