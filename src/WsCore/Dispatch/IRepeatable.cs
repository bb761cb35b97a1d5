using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Protocol;

namespace WsCore.Dispatch;

/// <summary>A request that may carry a <c>once</c>.</summary>
internal interface IRepeatable
{
    /// <summary>Carries the request out and answers it.</summary>
    /// <param name="connection">Whose it is.</param>
    /// <param name="envelope">What is asked.</param>
    /// <param name="once">Its claim, for an append to complete; null: it has no <c>once</c>.</param>
    /// <returns>The <c>ack</c>, sent or (without an id) only made, where the request has a <c>once</c>; null where it was refused and had no effect.</returns>
    ValueTask<Frame?> CarryOutAsync(Connection connection, Envelope envelope, OnceRequest? once);
}
