namespace WsCore.Protocol;

/// <summary>Where a value stands, for the sentence of a fault: <c>room</c>, <c>rooms[3]</c>, <c>rooms[3].since</c>. A string only when asked for.</summary>
internal readonly record struct FieldPath(string Name, int Index = -1, string? Member = null)
{
    public static implicit operator FieldPath(Field field) => new(FieldNames.Of(field));

    public override string ToString() => (Index, Member) switch
    {
        (< 0, _) => Name,
        (_, null) => $"{Name}[{Index}]",
        _ => $"{Name}[{Index}].{Member}",
    };
}
