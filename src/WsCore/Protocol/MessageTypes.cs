namespace WsCore.Protocol;

/// <summary>The types by their names on the wire.</summary>
internal static class MessageTypes
{
    /// <param name="name">Decoded. Case matters, as everywhere in JSON.</param>
    public static MessageType Find(ReadOnlySpan<byte> name) => name.Length switch
    {
        3 when name.SequenceEqual("ack"u8) => MessageType.Ack,
        4 when name.SequenceEqual("join"u8) => MessageType.Join,
        4 when name.SequenceEqual("send"u8) => MessageType.Send,
        4 when name.SequenceEqual("ping"u8) => MessageType.Ping,
        4 when name.SequenceEqual("call"u8) => MessageType.Call,
        4 when name.SequenceEqual("auth"u8) => MessageType.Auth,
        5 when name.SequenceEqual("leave"u8) => MessageType.Leave,
        5 when name.SequenceEqual("state"u8) => MessageType.State,
        6 when name.SequenceEqual("online"u8) => MessageType.Online,
        7 when name.SequenceEqual("members"u8) => MessageType.Members,
        7 when name.SequenceEqual("history"u8) => MessageType.History,
        9 when name.SequenceEqual("broadcast"u8) => MessageType.Broadcast,
        _ => MessageType.Unknown,
    };

    /// <summary>Whether the type has a payload, and so a binary form.</summary>
    public static bool HasPayload(MessageType type) => type is MessageType.Broadcast or MessageType.Send or MessageType.Call;
}
