namespace WsCore.Namespaces;

/// <summary>The rules of one namespace, copied from its options.</summary>
internal sealed record NamespaceRules(string Name, bool Presence, PublishRule Publish, int MaxMembers)
{
    public static NamespaceRules From(string name, NamespaceOptions options) =>
        new(name, options.Presence, options.Publish, options.MaxMembers);
}
