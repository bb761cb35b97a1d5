using System.ComponentModel.DataAnnotations;

namespace WsCore.Limits;

/// <summary>How much may come in a second, and at once.</summary>
public sealed class RateOptions
{
    /// <summary>Messages a second, sustained. Default 0: unlimited. Range 0 to 1,000,000.</summary>
    [Range(0, 1_000_000)]
    public int MessagesPerSecond { get; set; }

    /// <summary>Messages that may come at once. Default 0: those of two seconds. Range 0 to 1,000,000.</summary>
    [Range(0, 1_000_000)]
    public int MessageBurst { get; set; }

    /// <summary>Bytes of messages a second, sustained. Default 0: unlimited. Range 0 to 1,073,741,824.</summary>
    [Range(0, 1_073_741_824)]
    public int BytesPerSecond { get; set; }

    /// <summary>Bytes that may come at once. Default 0: those of four seconds, and at least one message of the largest size. Range 0 to 1,073,741,824, and
    /// otherwise at least <c>Limits:MaxMessageBytes</c>.</summary>
    [Range(0, 1_073_741_824)]
    public int ByteBurst { get; set; }
}
