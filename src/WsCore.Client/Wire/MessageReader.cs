using System.Text.Json;

namespace WsCore.Client.Wire;

/// <summary>Makes a <see cref="Message"/> of its envelope. Pure.</summary>
internal static class MessageReader
{
    /// <param name="envelope">Of type <c>message</c>.</param>
    /// <param name="room">Its room, if the caller had the string already; else null.</param>
    /// <param name="tail">The payload of the binary form.</param>
    /// <param name="isOwn">Whether a connection is this client's.</param>
    public static Message Read(scoped in Envelope envelope, string? room, ReadOnlyMemory<byte>? tail, Func<string, bool> isOwn)
    {
        var from = envelope.HasFrom ? ReadSender(envelope[envelope.From]) : null;
        return new Message
        {
            Room = room ?? envelope.Room.Decode(),
            To = envelope.To.Decode(),
            Namespace = envelope.Namespace.Decode(),
            Everybody = envelope.Everybody,
            From = from,
            IsOwn = from is not null && isOwn(from.Connection),
            Event = envelope.Event.Decode(),
            Position = envelope.Epoch.Decode() is { } epoch ? new Position(epoch, envelope.Seq) : null,
            Time = DateTimeOffset.FromUnixTimeMilliseconds(envelope.Time),
            Key = envelope.Key.Decode(),
            ReliableId = envelope.Ack.Decode(),
            Attempt = envelope.Attempt,
            Payload = ReadPayload(envelope, tail),
        };
    }

    private static Payload ReadPayload(scoped in Envelope envelope, ReadOnlyMemory<byte>? tail)
    {
        if (tail is { } bytes)
        {
            return Payload.FromBinary(bytes);
        }

        if (!envelope.HasPayload)
        {
            return Payload.Null;
        }

        var json = envelope[envelope.Payload];
        if (!envelope.IsBinary)
        {
            return Payload.FromJson(json.ToArray());
        }

        var reader = new Utf8JsonReader(json);
        reader.Read();
        return Payload.FromBinary(reader.GetBytesFromBase64()); // in a history, where there is no binary form
    }

    private static Sender? ReadSender(ReadOnlySpan<byte> json)
    {
        var reader = new Utf8JsonReader(json);
        if (!reader.Read() || reader.TokenType != JsonTokenType.StartObject)
        {
            return null;
        }

        string? user = null, connection = null;
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isUser = reader.ValueTextEquals("user"u8);
            var isConnection = reader.ValueTextEquals("connection"u8);
            reader.Read();
            if (isUser)
            {
                user = reader.GetString();
            }
            else if (isConnection)
            {
                connection = reader.GetString();
            }
            else
            {
                reader.Skip();
            }
        }
        return new Sender(connection ?? "", user);
    }
}
