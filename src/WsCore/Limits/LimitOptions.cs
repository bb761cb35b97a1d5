using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

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

    /// <summary>Messages a second that one connection may send, sustained. Default 50. Range 0 (unlimited) to 1,000,000. Over it: <c>rate_limited</c>.</summary>
    [Range(0, 1_000_000)]
    public int MessagesPerSecond { get; set; } = 50;

    /// <summary>Messages that one connection may send at once. Default 100. Range 1 to 1,000,000.</summary>
    [Range(1, 1_000_000)]
    public int MessageBurst { get; set; } = 100;

    /// <summary>Bytes of messages a second that one connection may send, sustained. Default 262,144. Range 0 (unlimited) to 1,073,741,824. Over it:
    /// <c>rate_limited</c>.</summary>
    [Range(0, 1_073_741_824)]
    public int BytesPerSecond { get; set; } = 262_144;

    /// <summary>Bytes that one connection may send at once. Default 1,048,576. Range 1,024 to 1,073,741,824, and at least <see cref="MaxMessageBytes"/>.</summary>
    [Range(1024, 1_073_741_824)]
    public int ByteBurst { get; set; } = 1024 * 1024;

    /// <summary>Messages and pings over a rate, whichever refused them, within 10 seconds that end the connection with 4101. Default 100. Range 0 (never) to 1,000,000.</summary>
    [Range(0, 1_000_000)]
    public int ViolationsBeforeClose { get; set; } = 100;

    /// <summary>The same for all connections of one user together. Default unlimited.</summary>
    [ValidateObjectMembers]
    public RateOptions PerUser { get; set; } = new();

    /// <summary>The same for all connections from one address together (of IPv6: one /64). Default unlimited. Behind a proxy the application must believe its
    /// forwarded headers first, or all clients have the proxy's address.</summary>
    [ValidateObjectMembers]
    public RateOptions PerAddress { get; set; } = new();

    /// <summary>How long a message may take from its first byte to its last. Default 30 s. Range 1 s to 1 h. Over it: 1008.</summary>
    public TimeSpan MessageTimeout { get; set; } = TimeSpan.FromSeconds(30);

    /// <summary>How long the closing handshake may take before the connection is cut. Default 5 s. Range 1 s to 1 min.</summary>
    public TimeSpan CloseTimeout { get; set; } = TimeSpan.FromSeconds(5);
}
