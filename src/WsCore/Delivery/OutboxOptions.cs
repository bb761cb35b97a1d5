using System.ComponentModel.DataAnnotations;

namespace WsCore.Delivery;

/// <summary>How much may wait for one connection's reader.</summary>
public sealed class OutboxOptions
{
    /// <summary>Bytes that may wait unsent for one connection. Default 1,048,576. Range 65,536 to 268,435,456, and at least twice <c>Limits:MaxMessageBytes</c>.
    /// Over it, unsent ephemeral messages are dropped; if that is not enough, everything unsent, and the connection closes with 4100.</summary>
    [Range(65_536, 268_435_456)]
    public int MaxBytes { get; set; } = 1024 * 1024;

    /// <summary>How long a slow reader may take to fetch its close frame before the connection is reset. Default 10 s. Range 1 s to 10 min.</summary>
    public TimeSpan StallTimeout { get; set; } = TimeSpan.FromSeconds(10);
}
