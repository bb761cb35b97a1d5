using System.Text.Json;

namespace WsCore.Protocol;

/// <summary>The messages that an <c>ack</c> confirms: <c>id</c>, or <c>ids</c> with at most <see cref="EnvelopeLimits.MaxAcks"/> of them.</summary>
internal static class AckFields
{
    public const int MaxIdCharacters = 64;

    /// <remarks>An empty list is good: it is what a client sends that gathers ids and had none.</remarks>
    public static bool Read(ref FieldReader fields, ref Envelope envelope)
    {
        if (fields.Has(Field.Id))
        {
            return fields.Has(Field.Ids)
                ? fields.Refuse(EnvelopeFault.Invalid("'id' and 'ids' must not come together."))
                : fields.Text(Field.Id, 1, MaxIdCharacters, ref envelope.Id);
        }

        return fields.Has(Field.Ids)
            ? ReadMany(ref fields, ref envelope)
            : fields.Refuse(EnvelopeFault.Invalid("'id' or 'ids' is missing."));
    }

    private static bool ReadMany(ref FieldReader fields, ref Envelope envelope)
    {
        int max = fields.Limits.MaxAcks;
        Slot slot = fields.SlotOf(Field.Ids);
        int count = JsonArray.Count(fields.Source, slot, max);
        if (count < 0 || count > max)
        {
            return fields.Refuse(EnvelopeFault.Invalid($"'ids' must be an array of at most {max} strings."));
        }

        ReadOnlyMemory<byte>[] ids = new ReadOnlyMemory<byte>[count];
        Utf8JsonReader reader = slot.Open(fields.Source);
        for (int i = 0; i < count; i++)
        {
            reader.Read();
            Slot entry = Slot.Read(ref reader, slot.Start, out _);
            if (!TextField.TryCharacters(fields.Source, entry, new FieldPath("ids", i), 1, MaxIdCharacters, out ids[i], out EnvelopeFault fault))
            {
                return fields.Refuse(fault);
            }
        }

        envelope.Ids = ids;
        return true;
    }
}
