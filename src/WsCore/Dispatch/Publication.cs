using WsCore.Access;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Framing;
using WsCore.Namespaces;
using WsCore.Protocol;
using WsCore.Reliability;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Makes the frame of a message, once for all its receivers.</summary>
internal static class Publication
{
    public static Payload PayloadOf(in Envelope envelope) => Payload.Checked(envelope.Payload, envelope.PayloadKind == PayloadKind.Binary);

    /// <summary>Asked for, or by the rule of the namespace; what may be lost is not repeated, whatever the rule.</summary>
    private static bool IsReliable(NamespaceRules rules, in Envelope envelope) => (envelope.Reliable || rules.Reliable) && !envelope.Ephemeral;

    public static Frame ForRoom(RoomName name, NamespaceRules rules, in Envelope envelope, in Payload payload, Connection from, long time)
    {
        var conflated = rules.Conflate > TimeSpan.Zero;
        return Make(
            Common(envelope, payload, from.FromJson, time) with { JsonRoom = name.Json.Span },
            envelope.Ephemeral || conflated,
            IsReliable(rules, envelope),
            received: conflated ? 0 : from.Received); // it waits on purpose
    }

    public static Frame ForUser(NamespaceRules rules, in Envelope envelope, in Payload payload, Connection from, long time) =>
        Make(
            Common(envelope, payload, from.FromJson, time) with { JsonTo = JsonText.Encode(envelope.To.Span) },
            envelope.Ephemeral,
            IsReliable(rules, envelope),
            received: from.Received);

    public static Frame Make(MessageEnvelope message, bool ephemeral = false, bool reliable = false, bool numbered = false, long received = 0)
    {
        var again = reliable ? ReliableMessage.Make() : null;
        if (again is not null)
        {
            message = message with { RawAck = ReliableId.Text(again.Id) };
        }

        return Frame.Create(
            message.Binary ? Opcode.Binary : Opcode.Text,
            message.Length,
            message,
            static (destination, message) => message.Write(destination),
            ephemeral,
            numbered,
            again,
            received);
    }

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
