namespace WsCore.Presence;

/// <summary>When a member who has lost the connection has left.</summary>
public sealed class PresenceOptions
{
    /// <summary>How long a disconnected member stays listed and may come back unnoticed. Default 5 s. Range 0 to 5 min.</summary>
    public TimeSpan Grace { get; set; } = TimeSpan.FromSeconds(5);

    /// <summary>How long a node that is not heard of any more counts as living; then its members have left. Default 15 s. Range 3 s to 5 min. With one node alone it means nothing.</summary>
    public TimeSpan Lease { get; set; } = TimeSpan.FromSeconds(15);
}
