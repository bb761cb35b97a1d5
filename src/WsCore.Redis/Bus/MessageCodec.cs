using System.Text;
using WsCore.Backplane;
using WsCore.Delivery;
using WsCore.Framing;
using WsCore.Reliability;
using WsCore.Rooms;

namespace WsCore.Redis.Bus;

/// <summary>Between a message for members and the envelope that carries it. The message's bytes are copied, never read.</summary>
internal static class MessageCodec
{
    /// <param name="message">To be published.</param>
    /// <param name="node">This one's id.</param>
    public static BusEnvelope Write(in BusMessage message, string node) => new()
    {
        Kind = BusKind.Message,
        Flags = FlagsOf(message),
        Node = node,
        Target = message.Target switch
        {
            BusTarget.Room => message.Room!.Utf8,
            BusTarget.Namespace => Encoding.ASCII.GetBytes(message.Namespace!),
            _ => default,
        },
        Id = message.Frame.Reliable?.Id ?? ReliableId.Next(),
        Key = message.Key,
        Payload = message.Frame.Message,
    };

    /// <param name="envelope">Of the kind <see cref="BusKind.Message"/>.</param>
    /// <param name="room">Its target, where that is a room.</param>
    public static BusMessage Read(in BusEnvelope envelope, RoomName? room) => new(
        room is not null ? BusTarget.Room : Has(envelope, BusFlags.Namespace) ? BusTarget.Namespace : BusTarget.Everybody,
        room,
        room is null && Has(envelope, BusFlags.Namespace) ? Encoding.ASCII.GetString(envelope.Target.Span) : null,
        Frame.Create(
            Has(envelope, BusFlags.Binary) ? Opcode.Binary : Opcode.Text,
            envelope.Payload.Length,
            envelope.Payload,
            static (wire, payload) => payload.Span.CopyTo(wire),
            ephemeral: Has(envelope, BusFlags.Ephemeral),
            reliable: Has(envelope, BusFlags.Reliable) ? new ReliableMessage(envelope.Id) : null),
        envelope.Key);

    /// <summary>Whether it is for the members of a room, which is the target.</summary>
    public static bool IsForRoom(in BusEnvelope envelope) => (envelope.Flags & (BusFlags.Namespace | BusFlags.Everybody)) == 0;

    private static bool Has(in BusEnvelope envelope, BusFlags flag) => (envelope.Flags & flag) != 0;

    private static BusFlags FlagsOf(in BusMessage message) =>
        (message.Frame.IsBinary ? BusFlags.Binary : 0)
        | (message.Frame.Ephemeral ? BusFlags.Ephemeral : 0)
        | (message.Frame.Reliable is not null ? BusFlags.Reliable : 0)
        | message.Target switch { BusTarget.Namespace => BusFlags.Namespace, BusTarget.Everybody => BusFlags.Everybody, _ => 0 };
}
