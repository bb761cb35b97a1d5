namespace WsCore.Rooms;

/// <summary>Names of personal rooms, <c>user:&lt;id&gt;</c>.</summary>
internal static class PersonalRoom
{
    private static ReadOnlySpan<byte> Prefix => "user:"u8;

    public static bool TryGetUser(ReadOnlySpan<byte> name, out ReadOnlySpan<byte> user)
    {
        var isPersonal = name.StartsWith(Prefix);
        user = isPersonal ? name[Prefix.Length..] : default;
        return isPersonal;
    }

    /// <summary>The room of a user that is there, looked up without making the name; null where none of their connections is.</summary>
    public static Room? Find(RoomManager rooms, ReadOnlySpan<byte> user)
    {
        Span<byte> name = stackalloc byte[RoomNameRules.MaxBytes];
        if (user.Length > name.Length - Prefix.Length)
        {
            return null;
        }

        Prefix.CopyTo(name);
        user.CopyTo(name[Prefix.Length..]);
        return rooms.Find(name[..(Prefix.Length + user.Length)]);
    }

    /// <summary>1 to 250 bytes of UTF-8 without control characters: what can name a user.</summary>
    public static bool IsUser(string? user)
    {
        if (string.IsNullOrEmpty(user) || user.Length > RoomName.MaxUserBytes)
        {
            return false;
        }

        Span<byte> utf8 = stackalloc byte[RoomName.MaxUserBytes];
        return System.Text.Unicode.Utf8.FromUtf16(user, utf8, out _, out var written, replaceInvalidSequences: false) == System.Buffers.OperationStatus.Done
            && !RoomNameRules.HasControlCharacter(utf8[..written]);
    }
}
