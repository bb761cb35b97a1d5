namespace WsCore.Heartbeat;

/// <summary>A part of a node with work to do from time to time.</summary>
/// <remarks>One timer serves all of them. <see cref="Tick"/> comes about once a second, on one thread at a time, and must not block.</remarks>
internal interface ITicked
{
    void Tick();
}
