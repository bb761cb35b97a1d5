using System.ComponentModel.DataAnnotations;

namespace WsCore.Limits;

/// <summary>What one connection may ask of the server.</summary>
public sealed class LimitOptions
{
    /// <summary>Bytes of one message, all its fragments together. Default 65,536. Range 1,024 to 16,777,216. Over it: 1009.</summary>
    [Range(1024, 16 * 1024 * 1024)]
    public int MaxMessageBytes { get; set; } = 65_536;

    /// <summary>Fragments of one message, empty ones included. Default 256. Range 1 to 65,536. Over it: 1009.</summary>
    [Range(1, 65_536)]
    public int MaxFragments { get; set; } = 256;

    /// <summary>Depth of nesting of a message's JSON, the envelope included. Default 32. Range 4 to 64.</summary>
    [Range(4, 64)]
    public int MaxJsonDepth { get; set; } = 32;

    /// <summary>Rooms that one connection may be in. Default 128. Range 1 to 1,024. Over it: <c>too_many_rooms</c>.</summary>
    [Range(1, 1024)]
    public int MaxRoomsPerConnection { get; set; } = 128;

    /// <summary>Connections of this node. Default 0: unlimited. Range 0 to 10,000,000. Over it: 4103.</summary>
    [Range(0, 10_000_000)]
    public int MaxConnections { get; set; }

    /// <summary>How long a message may take from its first byte to its last. Default 30 s. Range 1 s to 1 h. Over it: 1008.</summary>
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the closing handshake may take before the connection is cut. Default 5 s. Range 1 s to 1 min.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
