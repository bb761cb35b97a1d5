using System.ComponentModel.DataAnnotations;

namespace WsCore.Namespaces;

/// <summary>The rules of all rooms whose names begin with one prefix.</summary>
public sealed class NamespaceOptions
{
    /// <summary>Members may ask who else is there, and are told the count. Default false.</summary>
    public bool Presence { get; set; }

    /// <summary>Who may broadcast. Default <see cref="PublishRule.Members"/>.</summary>
    [EnumDataType(typeof(PublishRule))]
    public PublishRule Publish { get; set; }

    /// <summary>Connections that one room takes. Default 0: unlimited. Range 0 to 10,000,000. A full room answers <c>forbidden</c>.</summary>
    [Range(0, 10_000_000)]
    public int MaxMembers { get; set; }
}
