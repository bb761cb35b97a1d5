using System.Text.Json;

namespace WsCore.Protocol;

/// <summary>The rooms of a message: <c>room</c>, or <c>rooms</c>, and in a <c>join</c> what belongs to each.</summary>
internal static class RoomFields
{
    /// <summary><c>room</c> alone.</summary>
    public static bool ReadOne(ref FieldReader fields, ref Envelope envelope)
    {
        if (!fields.Needs(Field.Room))
        {
            return false;
        }

        bool good = TextField.TryRoom(fields.Source, fields.SlotOf(Field.Room), Field.Room, out ReadOnlyMemory<byte> name, out EnvelopeFault fault);
        envelope.Room = new RoomRequest(name);
        return good || fields.Refuse(fault);
    }

    /// <summary><c>room</c> or <c>rooms</c>, one of them.</summary>
    /// <param name="fields">The message.</param>
    /// <param name="max">How many rooms it may name.</param>
    /// <param name="joining">Whether <c>since</c> and <c>state</c> belong to it, and so an entry may be an object.</param>
    /// <param name="envelope">Gets the rooms.</param>
    public static bool Read(ref FieldReader fields, int max, bool joining, ref Envelope envelope)
    {
        if (fields.Has(Field.Rooms))
        {
            return fields.Has(Field.Room)
                ? fields.Refuse(EnvelopeFault.Invalid("'room' and 'rooms' must not come together."))
                : ReadMany(ref fields, max, joining, ref envelope);
        }

        if (!fields.Has(Field.Room))
        {
            return fields.Refuse(EnvelopeFault.Invalid("'room' or 'rooms' is missing."));
        }

        return ReadOne(ref fields, ref envelope) && (!joining || (ReadSince(ref fields, ref envelope) && ReadState(ref fields, ref envelope)));
    }

    /// <summary>The <c>since</c> of the one room, if there is one.</summary>
    public static bool ReadSince(ref FieldReader fields, ref Envelope envelope)
    {
        if (!fields.Has(Field.Since))
        {
            return true;
        }

        if (!PositionReader.TryRead(fields.Source, fields.SlotOf(Field.Since), Field.Since, out Position since, out EnvelopeFault fault))
        {
            return fields.Refuse(fault);
        }

        envelope.Room = envelope.Room with { Since = since };
        return true;
    }

    /// <summary>The <c>state</c> that belongs to <c>room</c>.</summary>
    public static bool ReadState(ref FieldReader fields, ref Envelope envelope)
    {
        if (fields.Has(Field.State))
        {
            Slot state = fields.SlotOf(Field.State);
            if (state.Length > fields.Limits.MaxStateBytes)
            {
                return fields.Refuse(StateTooLarge(Field.State, fields.Limits));
            }

            envelope.Room = envelope.Room with { State = state.Raw(fields.Source) };
        }

        return true;
    }

    private static bool ReadMany(ref FieldReader fields, int max, bool joining, ref Envelope envelope)
    {
        if (joining && (fields.Has(Field.Since) || fields.Has(Field.State)))
        {
            string name = FieldNames.Of(fields.Has(Field.Since) ? Field.Since : Field.State);
            return fields.Refuse(EnvelopeFault.Invalid($"'{name}' belongs to 'room'; with 'rooms' it goes into the entry of its room."));
        }

        Slot slot = fields.SlotOf(Field.Rooms);
        int count = JsonArray.Count(fields.Source, slot, max);
        if (count < 1 || count > max)
        {
            return fields.Refuse(EnvelopeFault.Invalid($"'rooms' must be an array of 1 to {max} rooms."));
        }

        RoomRequest[] rooms = new RoomRequest[count];
        Utf8JsonReader reader = slot.Open(fields.Source);
        for (int i = 0; i < count; i++)
        {
            reader.Read();
            Slot entry = Slot.Read(ref reader, slot.Start, out _);
            if (!RoomEntryReader.TryRead(fields.Source, entry, i, joining, fields.Limits, out rooms[i], out EnvelopeFault fault))
            {
                return fields.Refuse(fault);
            }
        }

        envelope.HasRooms = true;
        envelope.Rooms = rooms;
        return true;
    }

    public static EnvelopeFault StateTooLarge(FieldPath path, EnvelopeLimits limits) =>
        EnvelopeFault.TooLarge($"'{path}' must be at most {limits.MaxStateBytes} bytes of JSON.");
}
