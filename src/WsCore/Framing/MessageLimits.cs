namespace WsCore.Framing;

/// <summary>How much one incoming message may be; beyond either the connection is closed with 1009.</summary>
/// <param name="MaxMessageBytes">Payload bytes of all frames of the message together.</param>
/// <param name="MaxFragments">Data frames of the message, empty ones included: they cost CPU without costing bytes.</param>
internal readonly record struct MessageLimits(int MaxMessageBytes, int MaxFragments);
