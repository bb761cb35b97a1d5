namespace WsCore.Protocol;

/// <summary>The names of the fields on the wire.</summary>
internal static class FieldNames
{
    private static readonly string[] Names =
    [
        "type", "id", "ids", "room", "rooms", "since", "state", "members", "event", "key",
        "once", "payload", "to", "echo", "ephemeral", "reliable", "after", "limit", "method", "users",
    ];

    public static string Of(Field field) => Names[(int)field];

    /// <param name="name">Decoded.</param>
    public static Field Find(ReadOnlySpan<byte> name) => name.Length switch
    {
        2 when name.SequenceEqual("id"u8) => Field.Id,
        2 when name.SequenceEqual("to"u8) => Field.To,
        3 when name.SequenceEqual("key"u8) => Field.Key,
        3 when name.SequenceEqual("ids"u8) => Field.Ids,
        4 when name.SequenceEqual("type"u8) => Field.Type,
        4 when name.SequenceEqual("room"u8) => Field.Room,
        4 when name.SequenceEqual("once"u8) => Field.Once,
        4 when name.SequenceEqual("echo"u8) => Field.Echo,
        5 when name.SequenceEqual("event"u8) => Field.Event,
        5 when name.SequenceEqual("rooms"u8) => Field.Rooms,
        5 when name.SequenceEqual("since"u8) => Field.Since,
        5 when name.SequenceEqual("state"u8) => Field.State,
        5 when name.SequenceEqual("users"u8) => Field.Users,
        5 when name.SequenceEqual("after"u8) => Field.After,
        5 when name.SequenceEqual("limit"u8) => Field.Limit,
        6 when name.SequenceEqual("method"u8) => Field.Method,
        7 when name.SequenceEqual("payload"u8) => Field.Payload,
        7 when name.SequenceEqual("members"u8) => Field.Members,
        8 when name.SequenceEqual("reliable"u8) => Field.Reliable,
        9 when name.SequenceEqual("ephemeral"u8) => Field.Ephemeral,
        _ => Field.Unknown,
    };
}
