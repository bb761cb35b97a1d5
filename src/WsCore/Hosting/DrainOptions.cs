using System.ComponentModel.DataAnnotations;

namespace WsCore.Hosting;

/// <summary>How a node that stops lets its connections go.</summary>
public sealed class DrainOptions
{
    /// <summary>Connections that are closed in a second. Default 1000. Range 1 to 1,000,000. Where that would take longer than <see cref="Timeout"/> it is more.</summary>
    [Range(1, 1_000_000)]
    public int ClosesPerSecond { get; set; } = 1000;

    /// <summary>When the last connection is gone, or cut. Default 30 s. Range 1 s to 1 h.</summary>
    public TimeSpan Timeout { get; set; } = TimeSpan.FromSeconds(30);
}
