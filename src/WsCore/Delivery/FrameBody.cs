namespace WsCore.Delivery;

/// <summary>Fills the payload of a frame in place.</summary>
internal delegate void FrameBody<in TState>(Span<byte> payload, TState state)
    where TState : allows ref struct;
