using System.Text;
using System.Text.Json;

namespace WsCore.Protocol;

/// <summary>The first pass: reads the whole message once as JSON, and writes down where the known fields are.</summary>
/// <remarks>
/// It goes on to the end after a fault, because only then it is known whether the message is JSON at all (the graver fault)
/// and whether it has an <c>id</c> that the error can carry.
/// </remarks>
internal ref struct EnvelopeScanner
{
    private readonly ReadOnlySpan<byte> _utf8;
    private readonly int _maxDepth;
    private Utf8JsonReader _reader;
    private UnknownKeys _unknown;
    private uint _known;

    private EnvelopeScanner(ReadOnlySpan<byte> utf8, int maxDepth)
    {
        _utf8 = utf8;
        _maxDepth = maxDepth;
        _reader = new Utf8JsonReader(utf8, Slot.AnyDepth);
    }

    /// <param name="utf8">Valid UTF-8.</param>
    /// <param name="maxDepth">Levels, the envelope being the first.</param>
    /// <param name="scan">What was found.</param>
    /// <exception cref="JsonException">It is not one JSON value and nothing else.</exception>
    public static void Scan(ReadOnlySpan<byte> utf8, int maxDepth, out EnvelopeScan scan)
    {
        scan = default;
        new EnvelopeScanner(utf8, maxDepth).Run(ref scan);
    }

    private void Run(ref EnvelopeScan scan)
    {
        _reader.Read();
        if (_reader.TokenType == JsonTokenType.StartObject)
        {
            while (_reader.Read() && _reader.TokenType == JsonTokenType.PropertyName)
            {
                ReadField(ref scan);
            }
        }
        else
        {
            scan.Fault = EnvelopeFault.Invalid("The message must be a JSON object that has a 'type'.");
        }

        while (_reader.Read())
        {
            // what follows the object throws; what is inside another value is only checked
        }
    }

    private void ReadField(ref EnvelopeScan scan)
    {
        int nameStart = (int)_reader.TokenStartIndex + 1;
        int nameLength = _reader.ValueSpan.Length;
        Field field;
        bool isNew;
        if (!_reader.ValueIsEscaped)
        {
            field = FieldNames.Find(_reader.ValueSpan);
            isNew = field == Field.Unknown ? _unknown.Add(_utf8, nameStart, nameLength, decoded: null) : IsNew(field);
        }
        else if (DecodeName() is string name)
        {
            field = FieldNames.Find(Encoding.UTF8.GetBytes(name));
            isNew = field == Field.Unknown ? _unknown.Add(_utf8, nameStart, nameLength, name) : IsNew(field);
        }
        else
        {
            scan.Fault ??= EnvelopeFault.Invalid($"The name of the field '{ShowName(nameStart, nameLength)}' holds half of a surrogate pair, which is not Unicode text.");
            field = Field.Unknown;
            isNew = true;
        }

        _reader.Read();
        Slot slot = Slot.Read(ref _reader, 0, out int deepest);
        if (!isNew)
        {
            scan.Fault ??= EnvelopeFault.Invalid($"'{ShowName(nameStart, nameLength)}' occurs more than once.");
        }

        if (deepest >= _maxDepth)
        {
            scan.Fault ??= EnvelopeFault.Invalid($"'{ShowName(nameStart, nameLength)}' is nested too deep: the message may have {_maxDepth} levels of objects and arrays.");
        }

        if (field != Field.Unknown)
        {
            scan.Set(field, slot);
            if (!isNew)
            {
                scan.Forget(field);
            }
        }
    }

    private bool IsNew(Field field)
    {
        uint bit = 1u << (int)field;
        bool isNew = (_known & bit) == 0;
        _known |= bit;
        return isNew;
    }

    /// <summary>Null for a lone surrogate.</summary>
    private readonly string? DecodeName() => Surrogates.HasLone(_reader.ValueSpan) ? null : _reader.GetString();

    /// <summary>The name for a sentence: decoded, or where that cannot be, as it came.</summary>
    private readonly string ShowName(int start, int length)
    {
        byte[] message = [(byte)'"', .. _utf8.Slice(start, length), (byte)'"'];
        bool escaped = message.AsSpan().Contains((byte)'\\');
        Slot name = new(0, message.Length, JsonTokenType.String, escaped);
        return JsonText.Show(TextField.TryDecode(message, name, out ReadOnlyMemory<byte> decoded) ? decoded.Span : name.Content(message).Span);
    }
}
