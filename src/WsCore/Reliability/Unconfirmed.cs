using WsCore.Delivery;

namespace WsCore.Reliability;

/// <summary>A message that one connection was sent and has not confirmed: an item of the lane's wheel.</summary>
/// <param name="Queue">Of the connection.</param>
/// <param name="First">As it was sent the first time.</param>
/// <param name="Attempts">How often it was sent, from 1.</param>
internal readonly record struct Unconfirmed(AckRetryQueue Queue, Frame First, int Attempts);
