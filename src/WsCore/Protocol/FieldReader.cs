using System.Text;
using System.Text.Json;

namespace WsCore.Protocol;

/// <summary>The second pass: one method per kind of field. An absent field leaves its target alone and is good.</summary>
/// <remarks>Every method returns whether to go on; where it is false, <see cref="Fault"/> tells why.</remarks>
internal ref struct FieldReader
{
    private const int MaxPage = 1000;

    private readonly ref readonly EnvelopeScan _scan;
    private readonly ReadOnlyMemory<byte> _source;
    private readonly EnvelopeLimits _limits;
    private EnvelopeFault _fault;

    public FieldReader(ReadOnlyMemory<byte> source, ref readonly EnvelopeScan scan, EnvelopeLimits limits)
    {
        _source = source;
        _scan = ref scan;
        _limits = limits;
    }

    public readonly EnvelopeFault Fault => _fault;

    public readonly EnvelopeLimits Limits => _limits;

    public readonly ReadOnlyMemory<byte> Source => _source;

    public readonly bool Has(Field field) => _scan.Has(field);

    public readonly Slot SlotOf(Field field) => _scan.Slots[(int)field];

    public bool Refuse(EnvelopeFault fault)
    {
        _fault = fault;
        return false;
    }

    /// <summary>A string as it was written.</summary>
    public bool Raw(Field field, int min, int max, ref ReadOnlyMemory<byte> target) =>
        !Has(field) || TextField.TryRaw(_source, SlotOf(field), field, min, max, out target, out _fault);

    /// <summary>A decoded string.</summary>
    public bool Text(Field field, int min, int max, ref ReadOnlyMemory<byte> target) =>
        !Has(field) || TextField.TryCharacters(_source, SlotOf(field), field, min, max, out target, out _fault);

    public bool Bytes(Field field, int max, ref ReadOnlyMemory<byte> target) =>
        !Has(field) || TextField.TryBytes(_source, SlotOf(field), field, max, out target, out _fault);

    /// <summary>A string that is compared and echoed: one spelling for one text.</summary>
    public bool Key(ref ReadOnlyMemory<byte> target)
    {
        if (!Text(Field.Key, 1, 64, ref target))
        {
            return false;
        }

        if (!JsonText.IsPlain(target.Span)) // an emoji that came as itself too: it would differ from the same in escapes
        {
            target = JsonText.Encode(target.Span);
        }

        return true;
    }

    public bool Method(ref string? target)
    {
        ReadOnlyMemory<byte> utf8 = default;
        if (!Needs(Field.Method) || !Text(Field.Method, 1, 128, ref utf8))
        {
            return false;
        }

        target = Encoding.UTF8.GetString(utf8.Span);
        return true;
    }

    public bool Flag(Field field, ref bool target)
    {
        if (!Has(field))
        {
            return true;
        }

        target = SlotOf(field).Kind == JsonTokenType.True;
        return target || SlotOf(field).Kind == JsonTokenType.False
            || Refuse(EnvelopeFault.Invalid($"'{FieldNames.Of(field)}' must be true or false."));
    }

    public bool Limit(ref int? target)
    {
        if (!Has(Field.Limit))
        {
            return true;
        }

        Slot slot = SlotOf(Field.Limit);
        if (slot.Kind == JsonTokenType.Number)
        {
            Utf8JsonReader reader = slot.Open(_source);
            if (reader.TryGetInt32(out int value) && value is >= 1 and <= MaxPage)
            {
                target = value;
                return true;
            }
        }

        return Refuse(EnvelopeFault.Invalid($"'limit' must be an integer from 1 to {MaxPage}."));
    }

    /// <summary>A payload in the envelope, which a binary message must not have beside its own.</summary>
    public bool Payload(bool needed, ref Envelope envelope)
    {
        if (envelope.PayloadKind == PayloadKind.Binary)
        {
            return !Has(Field.Payload)
                || Refuse(EnvelopeFault.Invalid("'payload' must not be in the envelope of a binary message: the bytes after the envelope are the payload."));
        }

        if (!Has(Field.Payload))
        {
            return !needed || Needs(Field.Payload);
        }

        envelope.Payload = SlotOf(Field.Payload).Raw(_source);
        envelope.PayloadKind = PayloadKind.Json;
        return true;
    }

    public bool Needs(Field field) => Has(field) || Refuse(EnvelopeFault.Invalid($"'{FieldNames.Of(field)}' is missing."));
}
