using System.Globalization;
using WsCore.Delivery;
using WsCore.Framing;
using WsCore.Redis.Bus;
using WsCore.Reliability;

namespace WsCore.Redis.History;

/// <summary>A message of a room with its number, as Redis has it.</summary>
/// <param name="Seq">Its number.</param>
/// <param name="Envelope">As a node made it, without the number.</param>
internal readonly record struct StoredMessage(long Seq, BusEnvelope Envelope)
{
    /// <summary>Whether the number fits the place that was left for it. The script sees to that, so one that does not was changed by somebody else.</summary>
    public static bool Fits(long seq, in BusEnvelope envelope) => seq > 0 && seq.ToString(CultureInfo.InvariantCulture).Length <= envelope.SlotWidth;

    /// <summary>The frame that receivers get: a copy, in which the number is written.</summary>
    public Frame ToFrame()
    {
        var opcode = Envelope.Flags.HasFlag(BusFlags.Binary) ? Opcode.Binary : Opcode.Text;
        var reliable = Envelope.Flags.HasFlag(BusFlags.Reliable) ? new ReliableMessage(Envelope.Id) : null;
        return Frame.Create(opcode, Envelope.Payload.Length, this, static (payload, message) =>
        {
            message.Envelope.Payload.Span.CopyTo(payload);
            new NumberSlot(message.Envelope.SlotOffset, message.Envelope.SlotWidth).TryWrite(payload, message.Seq);
        }, numbered: true, reliable: reliable);
    }
}
