using WsCore.Delivery;

namespace WsCore.Reliability;

/// <summary>What a client has confirmed, on its way to the lane.</summary>
internal sealed record Confirmation(Outbox Outbox, ReadOnlyMemory<UInt128> Ids);
