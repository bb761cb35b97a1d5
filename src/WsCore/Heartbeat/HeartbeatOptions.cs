namespace WsCore.Heartbeat;

/// <summary>When a silent connection is asked for a sign of life, and when it is given up.</summary>
public sealed class HeartbeatOptions
{
    /// <summary>Silence after which a protocol ping is sent. Default 25 s. Range 1 s to 1 h.</summary>
    public TimeSpan Interval { get; set; } = TimeSpan.FromSeconds(25);

    /// <summary>Further silence after which the connection is closed with 4102. Any byte counts as life. Default 10 s. Range 1 s to 1 h.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(10);
}
