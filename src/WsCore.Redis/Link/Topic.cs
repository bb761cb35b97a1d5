namespace WsCore.Redis.Link;

/// <summary>A channel, by its whole name. Compared by its bytes.</summary>
internal readonly struct Topic(byte[] name) : IEquatable<Topic>
{
    /// <summary>Not to be changed.</summary>
    public byte[] Name { get; } = name;

    public bool Equals(Topic other) => Name.AsSpan().SequenceEqual(other.Name);

    public override bool Equals(object? obj) => obj is Topic other && Equals(other);

    public override int GetHashCode()
    {
        var hash = default(HashCode);
        hash.AddBytes(Name);
        return hash.ToHashCode();
    }
}
