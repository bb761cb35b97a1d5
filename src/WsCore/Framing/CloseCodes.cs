namespace WsCore.Framing;

/// <summary>
/// The codes a close frame carries (RFC 6455 section 7.4). The private bands tell a client what to do: 4000 to 4099 do not come
/// back, 4100 to 4199 come back after a back-off, 4200 to 4299 come back elsewhere.
/// </summary>
public static class CloseCodes
{
    /// <summary>1000: the purpose of the connection is fulfilled.</summary>
    public const ushort Normal = 1000;

    /// <summary>1001: the server stops, or the page was left.</summary>
    public const ushort GoingAway = 1001;

    /// <summary>1002: the peer broke RFC 6455.</summary>
    public const ushort ProtocolError = 1002;

    /// <summary>1003: a message of a kind that is not taken here.</summary>
    public const ushort UnsupportedData = 1003;

    /// <summary>1007: a text message that is not UTF-8.</summary>
    public const ushort InvalidPayload = 1007;

    /// <summary>1008: a message that does not end in time.</summary>
    public const ushort PolicyViolation = 1008;

    /// <summary>1009: a message over the limit of bytes or of fragments.</summary>
    public const ushort TooBig = 1009;

    /// <summary>1011: the server met a condition it did not expect.</summary>
    public const ushort InternalError = 1011;

    /// <summary>4001: no token, a bad one, or one that expired. Do not come back without a new one.</summary>
    public const ushort Unauthenticated = 4001;

    /// <summary>4003: known, but not allowed to connect. Do not come back.</summary>
    public const ushort Forbidden = 4003;

    /// <summary>4004: the application disconnected the connection. Do not come back.</summary>
    public const ushort Disconnected = 4004;

    /// <summary>4100: more was waiting for this connection than its outbox holds. Come back after a back-off.</summary>
    public const ushort SlowReader = 4100;

    /// <summary>4101: far more messages than the rate limit allows. Come back after a back-off.</summary>
    public const ushort RateLimited = 4101;

    /// <summary>4102: nothing was heard for longer than interval and timeout. Come back after a back-off.</summary>
    public const ushort HeartbeatLost = 4102;

    /// <summary>4103: the server takes no more connections. Come back after a back-off.</summary>
    public const ushort ServerFull = 4103;

    /// <summary>4104: what the nodes share is away, and the connection cannot be let in without it. Come back after a back-off.</summary>
    public const ushort Unavailable = 4104;

    /// <summary>4200: the node drains. Come back elsewhere, after the time told or at once with jitter.</summary>
    public const ushort Drain = 4200;

    /// <summary>What is reported for a close frame without a code; never sent (RFC 6455 section 7.4.1).</summary>
    internal const ushort NoStatus = 1005;

    /// <summary>
    /// Whether a close frame may carry the code (RFC 6455 section 7.4): not what is reserved for local use (1005, 1006, 1015), not
    /// what nobody registered. 1012 to 1014 are later entries of the same IANA registry.
    /// </summary>
    internal static bool IsValidOnTheWire(ushort code) =>
        code is (>= 1000 and <= 1003) or (>= 1007 and <= 1014) or (>= 3000 and <= 4999);
}
