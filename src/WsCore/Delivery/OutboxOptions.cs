using System.ComponentModel.DataAnnotations;

namespace WsCore.Delivery;

/// <summary>How much may wait for one connection's reader.</summary>
public sealed class OutboxOptions
{
    /// <summary>Bytes that may wait unsent for one connection. Default 1,048,576. Range 65,536 to 268,435,456, and at least eight times <c>Limits:MaxMessageBytes</c>. Over it,
    /// and its reader has taken nothing for a second: unsent ephemeral messages are dropped; if that is not enough, everything unsent, and the connection closes with 4100.</summary>
    [Range(65_536, 268_435_456)]
    public int MaxBytes { get; set; } = 1024 * 1024;

    /// <summary>Bytes that may wait for a connection that reads, and that a burst has overtaken. Default 4,194,304. Range 65,536 to 1,073,741,824, and at least
    /// <see cref="MaxBytes"/>. Over it the same happens at once.</summary>
    [Range(65_536, 1_073_741_824)]
    public int BurstBytes { get; set; } = 4 * 1024 * 1024;

    /// <summary>How long a slow reader may take to fetch its close frame before the connection is reset. Default 10 s. Range 1 s to 10 min.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
