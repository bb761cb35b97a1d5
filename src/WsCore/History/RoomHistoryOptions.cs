using System.ComponentModel.DataAnnotations;

namespace WsCore.History;

/// <summary>What each room of a namespace keeps of its messages.</summary>
public sealed class RoomHistoryOptions
{
    /// <summary>Messages that a room keeps. Default 0: no history. Range 0 to 100,000.</summary>
    [Range(0, 100_000)]
    public int Size { get; set; }

    /// <summary>How long a message is kept. Default 10 min. Range 1 s to 30 days.</summary>
    public TimeSpan Ttl { get; set; } = TimeSpan.FromMinutes(10);

    /// <summary>Bytes that a room keeps. Default 16,777,216 (16 MiB). Range 65,536 to 1,073,741,824.</summary>
    [Range(65_536, 1_073_741_824)]
    public int MaxBytes { get; set; } = 16 * 1024 * 1024;
}
