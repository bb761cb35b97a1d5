using System.Collections.Frozen;
using WsCore.Rooms;

namespace WsCore.Namespaces;

/// <summary>Finds the rules for a namespace; one that is not configured follows those of <c>default</c>.</summary>
/// <remarks>Immutable.</remarks>
internal sealed class NamespaceTable
{
    /// <summary>Rooms without a prefix.</summary>
    public const string Default = RoomName.DefaultNamespace;

    /// <summary>Personal rooms.</summary>
    public const string User = RoomName.PersonalNamespace;

    private readonly FrozenDictionary<string, NamespaceRules> _rules;
    private readonly NamespaceRules _default;
    private readonly NamespaceRules _user;

    public NamespaceTable(IDictionary<string, NamespaceOptions> options)
    {
        _rules = options
            .Select(pair => NamespaceRules.From(pair.Key.ToLowerInvariant(), pair.Value))
            .ToFrozenDictionary(rules => rules.Name, StringComparer.Ordinal);
        _default = _rules.TryGetValue(Default, out var configured) ? configured : NamespaceRules.From(Default, new NamespaceOptions());

        // A personal room belongs to its user: nobody is counted out of it, and the rules of default are not for it.
        _user = (_rules.TryGetValue(User, out var user) ? user : NamespaceRules.From(User, new NamespaceOptions())) with { MaxMembers = 0 };
    }

    public NamespaceRules For(string name) => name == User ? _user : _rules.TryGetValue(name, out var rules) ? rules : _default;
}
