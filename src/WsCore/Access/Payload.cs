using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using System.Text.Unicode;

namespace WsCore.Access;

/// <summary>What a message carries: one JSON value as UTF-8, or any bytes. Immutable.</summary>
public readonly struct Payload
{
    private const int MaxDepth = 31; // 32 with the envelope around it

    private Payload(ReadOnlyMemory<byte> bytes, bool isBinary)
    {
        Bytes = bytes;
        IsBinary = isBinary;
    }

    /// <summary>The JSON value as it is written, or the bytes.</summary>
    public ReadOnlyMemory<byte> Bytes { get; }

    /// <summary>Whether it travels in a binary frame.</summary>
    public bool IsBinary { get; }

    /// <summary>A JSON value that is already written.</summary>
    /// <param name="utf8">One JSON value; it is not copied and must not change afterwards.</param>
    /// <exception cref="ArgumentException">It is not one JSON value in valid UTF-8, or nested deeper than 31.</exception>
    public static Payload FromJson(ReadOnlyMemory<byte> utf8)
    {
        try
        {
            if (!Utf8.IsValid(utf8.Span)) // the reader does not look into strings, but every receiver does (RFC 6455 8.1)
            {
                throw new JsonException();
            }

            var reader = new Utf8JsonReader(utf8.Span, new JsonReaderOptions { MaxDepth = MaxDepth });
            reader.Read();
            reader.Skip();
            if (reader.Read())
            {
                throw new JsonException();
            }
        }
        catch (JsonException malformed)
        {
            throw new ArgumentException($"The payload must be one JSON value, nested at most {MaxDepth} deep.", nameof(utf8), malformed);
        }

        return new Payload(utf8, isBinary: false);
    }

    /// <inheritdoc cref="FromJson(ReadOnlyMemory{byte})"/>
    /// <param name="json">One JSON value.</param>
    public static Payload FromJson(string json) => FromJson(Encoding.UTF8.GetBytes(json));

    /// <summary>Serialises a value, with a source-generated contract.</summary>
    public static Payload From<T>(T value, JsonTypeInfo<T> contract) => FromJson(JsonSerializer.SerializeToUtf8Bytes(value, contract));

    /// <summary>A JSON string.</summary>
    public static Payload FromText(string text) => new(Encoding.UTF8.GetBytes($"\"{JsonEncodedText.Encode(text)}\""), isBinary: false);

    /// <summary>Any bytes; they are not copied and must not change afterwards.</summary>
    public static Payload FromBinary(ReadOnlyMemory<byte> bytes) => new(bytes, isBinary: true);

    /// <summary>What a client sent and the reader has checked.</summary>
    internal static Payload Checked(ReadOnlyMemory<byte> bytes, bool isBinary) => new(bytes, isBinary);

    /// <summary>The JSON value.</summary>
    /// <exception cref="InvalidOperationException">The payload is binary.</exception>
    public T? Deserialize<T>(JsonTypeInfo<T> contract) =>
        IsBinary ? throw new InvalidOperationException("A binary payload has no JSON.") : JsonSerializer.Deserialize(Bytes.Span, contract);

    /// <summary>The payload as text: JSON as written, or a note of how many bytes.</summary>
    public override string ToString() => IsBinary ? $"{Bytes.Length} bytes" : Encoding.UTF8.GetString(Bytes.Span);
}
