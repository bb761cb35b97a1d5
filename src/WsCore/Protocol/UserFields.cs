using System.Text.Json;

namespace WsCore.Protocol;

/// <summary>The <c>users</c> of an <c>online</c>: 1 to <see cref="EnvelopeLimits.MaxUsers"/> names, each as in <c>to</c>.</summary>
internal static class UserFields
{
    public static bool Read(ref FieldReader fields, ref Envelope envelope)
    {
        if (!fields.Needs(Field.Users))
        {
            return false;
        }

        int max = fields.Limits.MaxUsers;
        Slot slot = fields.SlotOf(Field.Users);
        int count = JsonArray.Count(fields.Source, slot, max);
        if (count < 1 || count > max)
        {
            return fields.Refuse(EnvelopeFault.Invalid($"'users' must be an array of 1 to {max} users."));
        }

        ReadOnlyMemory<byte>[] users = new ReadOnlyMemory<byte>[count];
        Utf8JsonReader reader = slot.Open(fields.Source);
        for (int i = 0; i < count; i++)
        {
            reader.Read();
            Slot entry = Slot.Read(ref reader, slot.Start, out _);
            if (!TextField.TryBytes(fields.Source, entry, new FieldPath("users", i), Rooms.RoomName.MaxUserBytes, out users[i], out EnvelopeFault fault))
            {
                return fields.Refuse(fault);
            }
        }

        envelope.Users = users;
        return true;
    }
}
