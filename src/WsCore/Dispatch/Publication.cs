using WsCore.Access;
using WsCore.Delivery;
using WsCore.Framing;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Makes the frame of a message, once for all its receivers.</summary>
internal static class Publication
{
    public static Payload PayloadOf(in Envelope envelope) => Payload.Checked(envelope.Payload, envelope.PayloadKind == PayloadKind.Binary);

    public static Frame ForRoom(Room room, in Envelope envelope, in Payload payload, ReadOnlySpan<byte> fromJson, long time) =>
        Make(Common(envelope, payload, fromJson, time) with { JsonRoom = room.Name.Json.Span }, envelope.Ephemeral);

    public static Frame ForUser(in Envelope envelope, in Payload payload, ReadOnlySpan<byte> fromJson, long time) =>
        Make(Common(envelope, payload, fromJson, time) with { JsonTo = JsonText.Encode(envelope.To.Span) }, envelope.Ephemeral);

    public static Frame Make(in MessageEnvelope message, bool ephemeral = false, bool numbered = false) => Frame.Create(
        message.Binary ? Opcode.Binary : Opcode.Text,
        message.Length,
        message,
        static (destination, message) => message.Write(destination),
        ephemeral,
        numbered);

    private static MessageEnvelope Common(in Envelope envelope, in Payload payload, ReadOnlySpan<byte> fromJson, long time) => new()
    {
        FromJson = fromJson,
        RawEvent = envelope.Event.Span,
        RawKey = envelope.Key.Span,
        Time = time,
        Payload = payload.Bytes.Span,
        Binary = payload.IsBinary,
    };
}
