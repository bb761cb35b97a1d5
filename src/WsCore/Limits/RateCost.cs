namespace WsCore.Limits;

/// <summary>What one message costs.</summary>
internal readonly record struct RateCost(int Messages, int Bytes)
{
    /// <summary>About what it takes to read a ping and to carry its pong: an empty one is not free.</summary>
    private const int ControlOverhead = 64;

    /// <summary>A message that asks for something, or that nobody can read.</summary>
    public static RateCost Of(int bytes) => new(1, bytes);

    /// <summary>An <c>ack</c>: a client that got many messages must be able to confirm them.</summary>
    public static RateCost OfAck(int bytes) => new(0, bytes);

    /// <summary>A ping or pong of the WebSocket.</summary>
    /// <param name="bytes">Of its payload.</param>
    public static RateCost OfControl(int bytes) => new(0, bytes + ControlOverhead);
}
