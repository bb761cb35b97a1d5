using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using WsCore.History;

namespace WsCore.Namespaces;

/// <summary>The rules of all rooms whose names begin with one prefix.</summary>
public sealed class NamespaceOptions
{
    /// <summary>What each room keeps, so that a client that was away gets what it missed. Default nothing.</summary>
    [ValidateObjectMembers]
    public RoomHistoryOptions History { get; set; } = new();

    /// <summary>Members may ask who else is there, are told the count, and hear who comes and goes. Default false. For the namespace <c>user</c>: clients may ask with
    /// <c>online</c> who is connected.</summary>
    public bool Presence { get; set; }

    /// <summary>Every message here is reliable: it comes again until its receiver confirms it. Default false; a message may ask for it anywhere.</summary>
    public bool Reliable { get; set; }

    /// <summary>Who may broadcast. Default <see cref="PublishRule.Members"/>.</summary>
    [EnumDataType(typeof(PublishRule))]
    public PublishRule Publish { get; set; }

    /// <summary>Connections that one room takes. Default 0: unlimited. Range 0 to 10,000,000. A full room answers <c>forbidden</c>.</summary>
    [Range(0, 10_000_000)]
    public int MaxMembers { get; set; }

    /// <summary>Only the newest message of a key leaves in each such interval: for cursors and tickers. Default 0: every message leaves. Otherwise 10 ms to 1 min, and
    /// neither history nor reliable messages.</summary>
    public TimeSpan Conflate { get; set; }
}
