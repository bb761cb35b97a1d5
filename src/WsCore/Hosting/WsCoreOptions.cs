using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;
using WsCore.Delivery;
using WsCore.Heartbeat;
using WsCore.History;
using WsCore.Limits;
using WsCore.Namespaces;
using WsCore.Presence;
using WsCore.Reliability;

namespace WsCore.Hosting;

/// <summary>Everything that can be set. Read once, when the server starts; what is wrong stops it with a sentence that names the setting.</summary>
public sealed class WsCoreOptions
{
    /// <summary>The section of the configuration that the container host reads.</summary>
    public const string Section = "WsCore";

    /// <summary>Path of the WebSocket end point, for <c>MapWsCore()</c> without a path. Default <c>/ws</c>. Begins with a slash.</summary>
    [Required(ErrorMessage = "Path must be given.")]
    [RegularExpression("/.*", ErrorMessage = "Path must begin with a slash.")]
    public string Path { get; set; } = "/ws";

    /// <summary>What <c>welcome</c> calls this node. Default: the machine's name. 1 to 64 characters.</summary>
    [StringLength(64, MinimumLength = 1, ErrorMessage = "Node must be 1 to 64 characters.")]
    public string? Node { get; set; }

    /// <summary>Who may connect.</summary>
    public AuthOptions Auth { get; set; } = new();

    /// <summary>Origins of the web pages that may connect, such as <c>https://example.org</c>, or <c>*</c> for all. Default none; in Development pages of
    /// localhost on any port may besides. Clients that send no origin are no pages and are not concerned.</summary>
    public IList<string> Origins { get; set; } = [];

    /// <summary>What one connection may ask.</summary>
    [ValidateObjectMembers]
    public LimitOptions Limits { get; set; } = new();

    /// <summary>How much may wait for one reader.</summary>
    [ValidateObjectMembers]
    public OutboxOptions Outbox { get; set; } = new();

    /// <summary>When silence is questioned.</summary>
    public HeartbeatOptions Heartbeat { get; set; } = new();

    /// <summary>What all histories may take.</summary>
    [ValidateObjectMembers]
    public HistoryOptions History { get; set; } = new();

    /// <summary>How long a repeated request is known.</summary>
    [ValidateObjectMembers]
    public DedupeOptions Dedupe { get; set; } = new();

    /// <summary>When unconfirmed messages come again.</summary>
    [ValidateObjectMembers]
    public ReliableOptions Reliable { get; set; } = new();

    /// <summary>When a lost member has left.</summary>
    public PresenceOptions Presence { get; set; } = new();

    /// <summary>How a node that stops lets its connections go.</summary>
    [ValidateObjectMembers]
    public DrainOptions Drain { get; set; } = new();

    /// <summary>How many lanes write.</summary>
    [ValidateObjectMembers]
    public LaneOptions Lanes { get; set; } = new();

    /// <summary>Rules by prefix: names of 1 to 32 of <c>a-z</c>, <c>0-9</c> and <c>-</c>, lower-cased when read; <c>default</c> is for rooms without one.</summary>
    public IDictionary<string, NamespaceOptions> Namespaces { get; set; } = new Dictionary<string, NamespaceOptions>(StringComparer.OrdinalIgnoreCase);
}
