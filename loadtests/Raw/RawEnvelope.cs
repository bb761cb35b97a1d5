using System.Text.Json;

namespace WsCore.LoadTests.Raw;

/// <summary>What the tester needs of an envelope, in whatever order its keys come.</summary>
internal ref struct RawEnvelope
{
    public ReadOnlySpan<byte> Type { get; private set; }

    public ReadOnlySpan<byte> Id { get; private set; }

    public ReadOnlySpan<byte> Payload { get; private set; }

    public ReadOnlySpan<byte> ReliableId { get; private set; }

    public ReadOnlySpan<byte> Code { get; private set; }

    public ReadOnlySpan<byte> User { get; private set; }

    public long Seq { get; private set; }

    public int Attempt { get; private set; }

    public double MessagesPerSecond { get; private set; }

    /// <summary>A room of a <c>join</c>'s answer keeps history.</summary>
    public bool HasEpoch { get; private set; }

    /// <exception cref="JsonException">It is not JSON.</exception>
    public static RawEnvelope Read(ReadOnlySpan<byte> message)
    {
        var envelope = new RawEnvelope { Attempt = 1 };
        var reader = new Utf8JsonReader(message);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = reader.ValueSpan;
            reader.Read();
            if (name.SequenceEqual("type"u8))
            {
                envelope.Type = reader.ValueSpan;
            }
            else if (name.SequenceEqual("payload"u8))
            {
                var start = (int)reader.TokenStartIndex;
                reader.Skip();
                envelope.Payload = message[start..(int)reader.BytesConsumed];
                continue;
            }
            else if (name.SequenceEqual("limits"u8))
            {
                envelope.ReadLimits(ref reader);
                continue;
            }
            else
            {
                envelope.ReadScalar(name, ref reader);
            }

            reader.Skip();
        }

        return envelope;
    }

    private void ReadScalar(ReadOnlySpan<byte> name, ref Utf8JsonReader reader)
    {
        if (name.SequenceEqual("seq"u8))
        {
            Seq = reader.GetInt64();
        }
        else if (name.SequenceEqual("epoch"u8))
        {
            HasEpoch = true;
        }
        else if (name.SequenceEqual("id"u8))
        {
            Id = reader.ValueSpan;
        }
        else if (name.SequenceEqual("ack"u8))
        {
            ReliableId = reader.ValueSpan;
        }
        else if (name.SequenceEqual("code"u8))
        {
            Code = reader.ValueSpan;
        }
        else if (name.SequenceEqual("user"u8))
        {
            User = reader.ValueSpan;
        }
        else if (name.SequenceEqual("attempt"u8))
        {
            Attempt = reader.GetInt32();
        }
    }

    private void ReadLimits(ref Utf8JsonReader reader)
    {
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var isRate = reader.ValueTextEquals("messagesPerSecond"u8);
            reader.Read();
            MessagesPerSecond = isRate ? reader.GetDouble() : MessagesPerSecond;
        }
    }
}
