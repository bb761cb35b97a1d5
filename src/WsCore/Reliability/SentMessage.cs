using System.Buffers.Binary;
using System.Text.Json;
using WsCore.Access;
using WsCore.Delivery;

namespace WsCore.Reliability;

/// <summary>What a frame of the server's says, read back: nothing need be kept beside it for the rare case that somebody asks.</summary>
/// <param name="Room">Its room, or null.</param>
/// <param name="To">Its user, or null.</param>
/// <param name="Event">Its event, or null.</param>
/// <param name="Payload">A slice of the frame.</param>
internal readonly record struct SentMessage(string? Room, string? To, string? Event, Payload Payload)
{
    private const int LengthPrefix = 2;

    /// <param name="frame">A <c>message</c>, as <see cref="Protocol.MessageEnvelope"/> writes it.</param>
    public static SentMessage Read(Frame frame)
    {
        if (!frame.IsBinary)
        {
            return Read(frame.Message);
        }

        var end = LengthPrefix + BinaryPrimitives.ReadUInt16BigEndian(frame.Message.Span);
        return Read(frame.Message[LengthPrefix..end]) with { Payload = Payload.Checked(frame.Message[end..], isBinary: true) };
    }

    private static SentMessage Read(ReadOnlyMemory<byte> envelope)
    {
        var message = default(SentMessage);
        var reader = new Utf8JsonReader(envelope.Span);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            if (reader.ValueTextEquals("room"u8))
            {
                message = message with { Room = Text(ref reader) };
            }
            else if (reader.ValueTextEquals("to"u8))
            {
                message = message with { To = Text(ref reader) };
            }
            else if (reader.ValueTextEquals("event"u8))
            {
                message = message with { Event = Text(ref reader) };
            }
            else if (reader.ValueTextEquals("payload"u8))
            {
                reader.Read();
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                message = message with { Payload = Payload.Checked(envelope[start..(int)reader.BytesConsumed], isBinary: false) };
            }
            else
            {
                reader.Skip();
            }
        }

        return message;
    }

    private static string? Text(ref Utf8JsonReader reader)
    {
        reader.Read();
        return reader.GetString();
    }
}
