using System.ComponentModel.DataAnnotations;

namespace WsCore.Delivery;

/// <summary>How many lanes write, and how much may wait for one.</summary>
public sealed class LaneOptions
{
    /// <summary>Number of lanes. Default 0: as many as the process may use processors, at most 64. Range 0 to 64.</summary>
    [Range(0, 64)]
    public int Count { get; set; }

    /// <summary>Items in a lane's inbox at which the connections that fill it are not read on. Default 8192. Range 16 to 1,048,576.</summary>
    [Range(16, 1_048_576)]
    public int InboxItems { get; set; } = 8192;

    /// <summary>Bytes of frames in a lane's inbox at which they are not. Default 16,777,216 (16 MiB). Range 65,536 to 1,073,741,824.</summary>
    [Range(65_536, 1_073_741_824)]
    public long InboxBytes { get; set; } = 16 * 1024 * 1024;
}
