using System.Text.Json;

namespace WsCore.Protocol;

/// <summary>Where a JSON value stands in the message: found by the first pass, interpreted by the second.</summary>
/// <param name="Start">The first byte of the value, of a string its quote.</param>
/// <param name="Length">Bytes, of a string with both quotes.</param>
/// <param name="Kind">Its first token.</param>
/// <param name="Escaped">Whether it is a string that has escapes.</param>
internal readonly record struct Slot(int Start, int Length, JsonTokenType Kind, bool Escaped)
{
    /// <summary>Depth is judged by the first pass: a deep message that is JSON is invalid_message, one that is not is parse_error.</summary>
    public static readonly JsonReaderOptions AnyDepth = new() { MaxDepth = int.MaxValue };

    public bool IsString => Kind == JsonTokenType.String;

    public ReadOnlyMemory<byte> Raw(ReadOnlyMemory<byte> source) => source.Slice(Start, Length);

    /// <summary>Of a string: what is between the quotes.</summary>
    public ReadOnlyMemory<byte> Content(ReadOnlyMemory<byte> source) => source.Slice(Start + 1, Length - 2);

    /// <summary>A reader on the first token of the value.</summary>
    /// <param name="source">The message, which the first pass found to be JSON: the reader does not throw.</param>
    public Utf8JsonReader Open(ReadOnlyMemory<byte> source)
    {
        Utf8JsonReader reader = new(Raw(source).Span, AnyDepth);
        reader.Read();
        return reader;
    }

    /// <summary>Reads the whole value at whose first token the reader stands.</summary>
    /// <param name="reader">Ends on the last token of the value.</param>
    /// <param name="origin">Where the reader's bytes begin in the message.</param>
    /// <param name="deepest">The greatest <see cref="Utf8JsonReader.CurrentDepth"/> of an object or array in it, or −1.</param>
    /// <exception cref="JsonException">It is not JSON.</exception>
    public static Slot Read(ref Utf8JsonReader reader, int origin, out int deepest)
    {
        int start = (int)reader.TokenStartIndex;
        JsonTokenType kind = reader.TokenType;
        bool escaped = kind == JsonTokenType.String && reader.ValueIsEscaped;
        deepest = -1;
        if (kind is JsonTokenType.StartObject or JsonTokenType.StartArray)
        {
            int depth = deepest = reader.CurrentDepth;
            while (reader.Read() && reader.CurrentDepth > depth)
            {
                if (reader.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray && reader.CurrentDepth > deepest)
                {
                    deepest = reader.CurrentDepth;
                }
            }
        }

        return new Slot(origin + start, (int)reader.BytesConsumed - start, kind, escaped);
    }
}
