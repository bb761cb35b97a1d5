using System.Diagnostics.CodeAnalysis;
using System.Text;
using WsCore.Protocol;

namespace WsCore.Rooms;

/// <summary>The checked name of a room: its bytes, what the wire needs of it, and its namespace. Rules: <see cref="RoomNameRules"/>.</summary>
/// <remarks>Immutable; safe to share. Equality is byte for byte: no case folding, no Unicode normalisation.</remarks>
internal sealed class RoomName : IEquatable<RoomName>
{
    /// <summary>The namespace of a room without a prefix.</summary>
    public const string DefaultNamespace = "default";

    /// <summary>The namespace of personal rooms, <c>user:&lt;id&gt;</c>.</summary>
    public const string PersonalNamespace = "user";

    /// <summary>The longest user whose personal room still has a name, in bytes.</summary>
    public const int MaxUserBytes = RoomNameRules.MaxBytes - 5;

    private readonly byte[] _utf8;
    private readonly byte[] _json;
    private readonly int _hash;
    private string? _text;

    private RoomName(byte[] utf8)
    {
        _utf8 = utf8;
        _json = JsonText.Encode(utf8);
        _hash = RoomNameComparer.Hash(utf8);
        int colon = utf8.AsSpan().IndexOf((byte)':');
        Namespace = colon < 0 ? DefaultNamespace : Encoding.ASCII.GetString(utf8, 0, colon);
        IsPersonal = Namespace == PersonalNamespace;
    }

    /// <summary>The name, 1 to 255 bytes.</summary>
    public ReadOnlyMemory<byte> Utf8 => _utf8;

    /// <summary>The name as the content of a JSON string, without the quotes. The same array as <see cref="Utf8"/> where nothing needs an escape.</summary>
    public ReadOnlyMemory<byte> Json => _json;

    /// <summary>The name as a string, made when it is first asked for (logs, hooks).</summary>
    public string Text => _text ??= Encoding.UTF8.GetString(_utf8);

    /// <summary>The namespace without the colon; <see cref="DefaultNamespace"/> where there is none.</summary>
    public string Namespace { get; }

    /// <summary>Whether this is <c>user:&lt;id&gt;</c>.</summary>
    public bool IsPersonal { get; }

    /// <summary>Checks without constructing: nothing is allocated for a good name.</summary>
    /// <param name="utf8">The bytes of the name.</param>
    /// <param name="problem">A sentence which names the field <c>room</c>.</param>
    public static bool IsValid(ReadOnlySpan<byte> utf8, [NotNullWhen(false)] out string? problem)
    {
        RoomNameProblem found = RoomNameRules.Check(utf8);
        problem = found == RoomNameProblem.None ? null : RoomNameRules.Describe(found, "room");
        return problem is null;
    }

    public static bool TryParse(ReadOnlySpan<byte> utf8, [NotNullWhen(true)] out RoomName? name, [NotNullWhen(false)] out string? problem)
    {
        name = IsValid(utf8, out problem) ? new RoomName(utf8.ToArray()) : null;
        return name is not null;
    }

    /// <summary>For names that come as strings (configuration, HTTP API). A lone surrogate is refused, not replaced.</summary>
    public static bool TryParse(string text, [NotNullWhen(true)] out RoomName? name, [NotNullWhen(false)] out string? problem)
    {
        byte[] utf8;
        try
        {
            utf8 = StrictUtf8.GetBytes(text);
        }
        catch (EncoderFallbackException)
        {
            name = null;
            problem = RoomNameRules.Describe(RoomNameProblem.NotUtf8, "room");
            return false;
        }

        name = IsValid(utf8, out problem) ? new RoomName(utf8) : null;
        return name is not null;
    }

    /// <summary>For bytes that were checked before, as those of an envelope are.</summary>
    /// <exception cref="ArgumentException">They are not a name after all.</exception>
    public static RoomName Create(ReadOnlySpan<byte> utf8) =>
        TryParse(utf8, out RoomName? name, out string? problem) ? name : throw new ArgumentException(problem, nameof(utf8));

    /// <summary>The personal room of a user.</summary>
    /// <exception cref="ArgumentException">The user is empty, longer than <see cref="MaxUserBytes"/> bytes, has control characters or lone surrogates.</exception>
    public static RoomName Personal(string user) =>
        TryParse(PersonalNamespace + ":" + user, out RoomName? name, out string? problem) ? name : throw new ArgumentException(problem, nameof(user));

    /// <inheritdoc cref="Personal(string)"/>
    public static RoomName Personal(ReadOnlySpan<byte> user) => Create([.. "user:"u8, .. user]);

    public bool Equals(RoomName? other) =>
        ReferenceEquals(this, other) || (other is not null && _hash == other._hash && _utf8.AsSpan().SequenceEqual(other._utf8));

    public override bool Equals(object? obj) => obj is RoomName other && Equals(other);

    public override int GetHashCode() => _hash;

    public override string ToString() => Text;

    private static UTF8Encoding StrictUtf8 { get; } = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);
}
