using System.Text;
using System.Text.Json;

namespace WsCore.Client.Wire;

/// <summary>
/// Where in a message which field stands: one pass over the bytes, and nothing decoded before it is asked for. Only the fields of a <c>message</c>, and <c>type</c>, are looked for.
/// </summary>
internal ref struct Envelope
{
    private readonly ReadOnlySpan<byte> _json;

    public Text Type;
    public Text Room;
    public Text To;
    public Text Namespace;
    public Text Event;
    public Text Epoch;
    public Text Key;
    public Text Ack;
    public Range From;
    public Range Payload;
    public bool HasFrom;
    public bool HasPayload;
    public bool Everybody;
    public bool IsBinary;
    public long Seq;
    public long Time;
    public int Attempt;

    private Envelope(ReadOnlySpan<byte> json)
    {
        _json = json;
        Attempt = 1;
    }

    /// <exception cref="JsonException">It is no object.</exception>
    public static Envelope Read(ReadOnlySpan<byte> json)
    {
        var envelope = new Envelope(json);
        var reader = new Utf8JsonReader(json, new JsonReaderOptions { MaxDepth = 128 });
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            throw new JsonException("an object is expected");
        }
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            envelope.ReadField(ref reader);
        }
        return envelope;
    }

    /// <summary>The bytes of a part.</summary>
    public readonly ReadOnlySpan<byte> this[Range part] => _json[part];

    private void ReadField(scoped ref Utf8JsonReader reader)
    {
        if (reader.ValueTextEquals("type"u8))
        {
            Type = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("room"u8))
        {
            Room = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("seq"u8))
        {
            Seq = ReadNumber(ref reader);
        }
        else if (reader.ValueTextEquals("epoch"u8))
        {
            Epoch = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("time"u8))
        {
            Time = ReadNumber(ref reader);
        }
        else if (reader.ValueTextEquals("payload"u8))
        {
            (Payload, HasPayload) = (ReadAny(ref reader), true);
        }
        else if (reader.ValueTextEquals("from"u8))
        {
            (From, HasFrom) = (ReadAny(ref reader), true);
        }
        else if (reader.ValueTextEquals("event"u8))
        {
            Event = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("key"u8))
        {
            Key = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("ack"u8))
        {
            Ack = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("attempt"u8))
        {
            Attempt = (int)ReadNumber(ref reader);
        }
        else if (reader.ValueTextEquals("to"u8))
        {
            To = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("namespace"u8))
        {
            Namespace = ReadText(ref reader);
        }
        else if (reader.ValueTextEquals("everybody"u8))
        {
            Everybody = ReadFlag(ref reader);
        }
        else if (reader.ValueTextEquals("binary"u8))
        {
            IsBinary = ReadFlag(ref reader);
        }
        else
        {
            ReadAny(ref reader);
        }
    }

    private readonly Text ReadText(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.String)
        {
            return new Text(_json.Slice((int)reader.TokenStartIndex + 1, reader.ValueSpan.Length), reader.ValueIsEscaped);
        }

        reader.Skip(); // of another type the same name may mean something else
        return default;
    }

    private static long ReadNumber(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        if (reader.TokenType == JsonTokenType.Number && reader.TryGetInt64(out var number))
        {
            return number;
        }

        reader.Skip();
        return 0;
    }

    private static bool ReadFlag(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        reader.Skip();
        return reader.TokenType == JsonTokenType.True;
    }

    private static Range ReadAny(scoped ref Utf8JsonReader reader)
    {
        reader.Read();
        var start = (int)reader.TokenStartIndex;
        reader.Skip();
        return start..(int)reader.BytesConsumed;
    }

    /// <summary>A string as it stands in the JSON, between its quotation marks.</summary>
    internal readonly ref struct Text(ReadOnlySpan<byte> raw, bool isEscaped)
    {
        private readonly ReadOnlySpan<byte> _raw = raw;

        public bool IsEmpty => _raw.IsEmpty;

        public bool Is(ReadOnlySpan<byte> word) => !isEscaped && _raw.SequenceEqual(word);

        /// <summary>Decoded; null where there is none.</summary>
        public string? Decode()
        {
            if (_raw.IsEmpty)
            {
                return null;
            }

            if (!isEscaped)
            {
                return Encoding.UTF8.GetString(_raw);
            }

            Span<byte> quoted = new byte[_raw.Length + 2];
            quoted[0] = quoted[^1] = (byte)'"';
            _raw.CopyTo(quoted[1..]);
            var reader = new Utf8JsonReader(quoted);
            reader.Read();
            return reader.GetString();
        }

        /// <summary>Decoded into the characters given, without a string; false: they are too few, or it is escaped.</summary>
        public bool TryDecode(Span<char> characters, out int written)
        {
            written = 0;
            return !isEscaped && !_raw.IsEmpty && Encoding.UTF8.TryGetChars(_raw, characters, out written);
        }
    }
}
