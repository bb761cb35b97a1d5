namespace WsCore.Rooms;

/// <summary>
/// Lets a dictionary keyed by <see cref="RoomName"/> be looked up by the bytes of an envelope
/// (<c>GetAlternateLookup&lt;ReadOnlySpan&lt;byte&gt;&gt;</c>), with no object made for the question.
/// </summary>
/// <remarks>The hash is seeded per process by <see cref="HashCode"/>: never store it, never send it.</remarks>
internal sealed class RoomNameComparer : IEqualityComparer<RoomName>, IAlternateEqualityComparer<ReadOnlySpan<byte>, RoomName>
{
    private RoomNameComparer()
    {
    }

    public static RoomNameComparer Instance { get; } = new();

    public static int Hash(ReadOnlySpan<byte> utf8)
    {
        HashCode hash = default;
        hash.AddBytes(utf8);
        return hash.ToHashCode();
    }

    public bool Equals(RoomName? x, RoomName? y) => x is null ? y is null : x.Equals(y);

    public int GetHashCode(RoomName obj) => obj.GetHashCode();

    public bool Equals(ReadOnlySpan<byte> alternate, RoomName other) => alternate.SequenceEqual(other.Utf8.Span);

    public int GetHashCode(ReadOnlySpan<byte> alternate) => Hash(alternate);

    /// <exception cref="ArgumentException">The bytes are not the name of a room.</exception>
    public RoomName Create(ReadOnlySpan<byte> alternate) => RoomName.Create(alternate);
}
