using System.Collections.Frozen;

namespace WsCore.Namespaces;

/// <summary>Finds the rules for a namespace; one that is not configured follows those of <c>default</c>.</summary>
/// <remarks>Immutable.</remarks>
internal sealed class NamespaceTable
{
    /// <summary>Rooms without a prefix.</summary>
    public const string Default = "default";

    /// <summary>Personal rooms.</summary>
    public const string User = "user";

    private readonly FrozenDictionary<string, NamespaceRules> _rules;
    private readonly NamespaceRules _default;

    public NamespaceTable(IDictionary<string, NamespaceOptions> options)
    {
        _rules = options
            .Select(pair => NamespaceRules.From(pair.Key.ToLowerInvariant(), pair.Value))
            .ToFrozenDictionary(rules => rules.Name, StringComparer.Ordinal);
        _default = _rules.TryGetValue(Default, out var configured) ? configured : NamespaceRules.From(Default, new NamespaceOptions());
    }

    public NamespaceRules For(string name) => _rules.TryGetValue(name, out var rules) ? rules : _default;
}
