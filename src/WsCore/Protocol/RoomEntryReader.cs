using System.Text.Json;

namespace WsCore.Protocol;

/// <summary>One entry of <c>rooms</c>: a name, or in a <c>join</c> also <c>{"room":"…","since":{…},"state":…}</c>.</summary>
internal static class RoomEntryReader
{
    public static bool TryRead(ReadOnlyMemory<byte> source, Slot entry, int index, bool joining, EnvelopeLimits limits, out RoomRequest room, out EnvelopeFault fault)
    {
        FieldPath path = new("rooms", index);
        if (joining && entry.Kind == JsonTokenType.StartObject)
        {
            return TryReadObject(source, entry, path, limits, out room, out fault);
        }

        if (joining && !entry.IsString)
        {
            room = default;
            fault = EnvelopeFault.Invalid($"'{path}' must be a room, or an object with 'room', 'since' and 'state'.");
            return false;
        }

        bool good = TextField.TryRoom(source, entry, path, out ReadOnlyMemory<byte> name, out fault);
        room = new RoomRequest(name);
        return good;
    }

    private static bool TryReadObject(ReadOnlyMemory<byte> source, Slot entry, FieldPath path, EnvelopeLimits limits, out RoomRequest room, out EnvelopeFault fault)
    {
        room = default;
        if (!TryFindMembers(source, entry, path, out Slot? name, out Slot? since, out Slot? state, out fault))
        {
            return false;
        }

        FieldPath namePath = path with { Member = "room" };
        if (name is not Slot nameSlot)
        {
            fault = EnvelopeFault.Invalid($"'{namePath}' is missing.");
            return false;
        }

        if (!TextField.TryRoom(source, nameSlot, namePath, out ReadOnlyMemory<byte> utf8, out fault))
        {
            return false;
        }

        Position? position = null;
        if (since is Slot sinceSlot)
        {
            if (!PositionReader.TryRead(source, sinceSlot, path with { Member = "since" }, out Position found, out fault))
            {
                return false;
            }

            position = found;
        }

        if (state?.Length > limits.MaxStateBytes)
        {
            fault = RoomFields.StateTooLarge(path with { Member = "state" }, limits);
            return false;
        }

        room = new RoomRequest(utf8, position, state?.Raw(source) ?? default);
        return true;
    }

    private static bool TryFindMembers(ReadOnlyMemory<byte> source, Slot entry, FieldPath path, out Slot? name, out Slot? since, out Slot? state, out EnvelopeFault fault)
    {
        name = since = state = null;
        fault = default;
        Utf8JsonReader reader = entry.Open(source);
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            string? member =
                MemberName.Is(ref reader, "room"u8) ? "room"
                : MemberName.Is(ref reader, "since"u8) ? "since"
                : MemberName.Is(ref reader, "state"u8) ? "state"
                : null;
            reader.Read();
            Slot value = Slot.Read(ref reader, entry.Start, out _);
            bool twice = false;
            switch (member)
            {
                case "room":
                    twice = name is not null;
                    name = value;
                    break;
                case "since":
                    twice = since is not null;
                    since = value;
                    break;
                case "state":
                    twice = state is not null;
                    state = value;
                    break;
            }

            if (twice)
            {
                fault = EnvelopeFault.Invalid($"'{path with { Member = member }}' occurs more than once.");
                return false;
            }
        }

        return true;
    }
}
