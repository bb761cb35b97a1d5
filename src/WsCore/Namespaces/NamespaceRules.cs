using WsCore.History;

namespace WsCore.Namespaces;

/// <summary>The rules of one namespace, copied from its options.</summary>
/// <param name="Name">Of the namespace whose rules they are; a namespace without rules of its own has those of <c>default</c>.</param>
/// <param name="Presence">Members know of each other.</param>
/// <param name="Publish">Who may broadcast.</param>
/// <param name="MaxMembers">Connections in one room; 0 is unlimited.</param>
/// <param name="History">What a room keeps; null for nothing.</param>
/// <param name="Reliable">Every message is.</param>
/// <param name="Conflate">The interval in which one message per key leaves; zero where every message does.</param>
internal sealed record NamespaceRules(
    string Name,
    bool Presence,
    PublishRule Publish,
    int MaxMembers,
    HistoryRules? History = null,
    bool Reliable = false,
    TimeSpan Conflate = default)
{
    public static NamespaceRules From(string name, NamespaceOptions options) => new(
        name,
        options.Presence,
        options.Publish,
        options.MaxMembers,
        options.History.Size == 0 ? null : new HistoryRules(options.History.Size, options.History.Ttl, options.History.MaxBytes),
        options.Reliable,
        options.Conflate);
}
