using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace WsCore.Client;

/// <summary>
/// What a message carries: one JSON value as its UTF-8 bytes, or bytes of any kind (the protocol's binary form). Its bytes travel untouched.
/// The memory is not copied before it is sent: it must not change until then, and that of a state not as long as it is shown.
/// </summary>
public readonly struct Payload : IEquatable<Payload>
{
    private static readonly byte[] NullLiteral = "null"u8.ToArray();
    private readonly ReadOnlyMemory<byte> _bytes;
    private readonly bool _isSet;

    private Payload(ReadOnlyMemory<byte> bytes, bool isBinary)
    {
        _bytes = bytes;
        _isSet = true;
        IsBinary = isBinary;
    }

    /// <summary>The JSON value <c>null</c>; what <c>default(Payload)</c> is too.</summary>
    public static Payload Null => default;

    /// <summary>Bytes of any kind instead of JSON.</summary>
    public bool IsBinary { get; }

    /// <summary>The JSON text in UTF-8, or the binary bytes.</summary>
    public ReadOnlyMemory<byte> Bytes => _isSet ? _bytes : NullLiteral;

    /// <summary>A value as JSON, by the serializer's generated code.</summary>
    public static Payload From<T>(T value, JsonTypeInfo<T> type) => new(JsonSerializer.SerializeToUtf8Bytes(value, type), isBinary: false);

    /// <summary>A text as a JSON string.</summary>
    /// <exception cref="ArgumentException">It has half a surrogate pair, which has no form in UTF-8.</exception>
    public static Payload FromText(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        return new(Wire.JsonText.Quote(text), isBinary: false);
    }

    /// <summary>One JSON value that is there already, in UTF-8. It is checked when it is sent.</summary>
    public static Payload FromJson(ReadOnlyMemory<byte> utf8) => new(utf8, isBinary: false);

    /// <summary>Bytes of any kind.</summary>
    public static Payload FromBinary(ReadOnlyMemory<byte> bytes) => new(bytes, isBinary: true);

    /// <summary>The value that the JSON stands for.</summary>
    /// <exception cref="InvalidOperationException">It is binary.</exception>
    /// <exception cref="JsonException">It is not what <typeparamref name="T"/> can be made of.</exception>
    public T? To<T>(JsonTypeInfo<T> type) =>
        IsBinary ? throw new InvalidOperationException("The payload is binary: read its bytes.") : JsonSerializer.Deserialize(Bytes.Span, type);

    /// <summary>The JSON text; of binary bytes their base64.</summary>
    public override string ToString() => IsBinary ? Convert.ToBase64String(Bytes.Span) : System.Text.Encoding.UTF8.GetString(Bytes.Span);

    /// <summary>The same kind and the same bytes.</summary>
    public bool Equals(Payload other) => IsBinary == other.IsBinary && Bytes.Span.SequenceEqual(other.Bytes.Span);

    /// <inheritdoc/>
    public override bool Equals(object? obj) => obj is Payload other && Equals(other);

    /// <inheritdoc/>
    public override int GetHashCode()
    {
        var hash = new HashCode();
        hash.AddBytes(Bytes.Span);
        return hash.ToHashCode();
    }

    /// <summary>The same kind and the same bytes.</summary>
    public static bool operator ==(Payload left, Payload right) => left.Equals(right);

    /// <summary>Another kind, or other bytes.</summary>
    public static bool operator !=(Payload left, Payload right) => !left.Equals(right);
}
