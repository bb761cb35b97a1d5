namespace WsCore.Protocol;

/// <summary>One message of a client, checked field by field; only the fields of its <see cref="Type"/> are set.</summary>
/// <remarks>
/// Plain data. The memories are slices of the caller's buffer, valid as long as that is, or of a small array of their own
/// where an escape had to be decoded. <i>Raw</i>: the content of a JSON string without its quotes, escapes kept, so that
/// it can be echoed by copying. <i>Decoded</i>: UTF-8. Empty: the field was absent (none of them may be an empty string).
/// </remarks>
internal struct Envelope
{
    /// <summary><see cref="MessageType.Unknown"/> for a type that the protocol does not have: the reader leaves that answer to the dispatcher.</summary>
    public MessageType Type;

    /// <summary>Decoded; as long as the client made it. For <see cref="EnvelopeFault.UnknownType"/>.</summary>
    public ReadOnlyMemory<byte> TypeName;

    /// <summary>Raw. In an <c>ack</c> it is the confirmed message and decoded: there it asks for no reply.</summary>
    public ReadOnlyMemory<byte> Id;

    /// <summary>An <c>ack</c> is made: to be sent, to be remembered for <see cref="Once"/>, or both.</summary>
    public readonly bool WantsAnswer => !(Id.IsEmpty && Once.IsEmpty);

    /// <summary>In an <c>ack</c>: the confirmed messages, decoded, where they came as <c>ids</c>; may be empty.</summary>
    public ReadOnlyMemory<byte>[]? Ids;

    /// <summary>Whether the rooms came as <c>rooms</c>, so that the answer has <c>results</c>.</summary>
    public bool HasRooms;

    /// <summary>The one room, where <see cref="HasRooms"/> is false.</summary>
    public RoomRequest Room;

    /// <summary>The rooms in the client's order, duplicates kept, where <see cref="HasRooms"/> is true.</summary>
    public RoomRequest[]? Rooms;

    /// <summary>Raw.</summary>
    public ReadOnlyMemory<byte> Event;

    /// <summary>Raw, in the one spelling that <see cref="JsonText.Encode(ReadOnlySpan{byte})"/> gives: equal keys have equal bytes.</summary>
    public ReadOnlyMemory<byte> Key;

    /// <summary>Decoded, because it is compared and never echoed.</summary>
    public ReadOnlyMemory<byte> Once;

    public ReadOnlyMemory<byte> Payload;

    public PayloadKind PayloadKind;

    /// <summary>The user of a <c>send</c>, decoded, 1 to 250 bytes without control characters.</summary>
    public ReadOnlyMemory<byte> To;

    public bool Echo;

    public bool Ephemeral;

    public bool Reliable;

    /// <summary>The <c>members</c> flag of a <c>join</c>.</summary>
    public bool WantsMembers;

    /// <summary>Where the previous page of <c>members</c> ended, decoded, 1 to 255 bytes.</summary>
    public ReadOnlyMemory<byte> After;

    /// <summary>1 to 1,000.</summary>
    public int? Limit;

    /// <summary>The users of an <c>online</c> in the client's order, duplicates kept, decoded, each like <see cref="To"/>.</summary>
    public ReadOnlyMemory<byte>[]? Users;

    /// <summary>The method of a <c>call</c>, 1 to 128 characters.</summary>
    public string? Method;
}
