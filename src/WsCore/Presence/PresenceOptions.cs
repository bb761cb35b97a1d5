namespace WsCore.Presence;

/// <summary>When a member who has lost the connection has left.</summary>
public sealed class PresenceOptions
{
    /// <summary>How long a disconnected member stays listed and may come back unnoticed. Default 5 s. Range 0 to 5 min.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(5);
}
