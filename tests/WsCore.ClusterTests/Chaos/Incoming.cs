using System.Text.Json;

namespace WsCore.ClusterTests.Chaos;

/// <summary>What the server sent, read in one pass: the fields that clients of the chaos look at.</summary>
internal sealed class Incoming
{
    private const int MostNames = 64;

    public string Type { get; private set; } = "";

    public string? Id { get; private set; }

    public string? Room { get; private set; }

    public string? Epoch { get; private set; }

    public long? Seq { get; private set; }

    public long Payload { get; private set; }

    public bool Duplicate { get; private set; }

    public bool? Recovered { get; private set; }

    public string? Code { get; private set; }

    public int? RetryAfter { get; private set; }

    public string? Connection { get; private set; }

    public int Count { get; private set; }

    /// <summary>Milliseconds of a <c>reconnect</c>.</summary>
    public int After { get; private set; }

    /// <summary>The connections that a list of members names; null where there is no list.</summary>
    public List<string>? Members { get; private set; }

    /// <param name="json">One message.</param>
    /// <param name="names">Strings that come again and again, so that they are not made anew; grows up to a bound.</param>
    public static Incoming Read(ReadOnlySpan<byte> json, List<string> names)
    {
        var message = new Incoming();
        var reader = new Utf8JsonReader(json);
        reader.Read();
        while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
        {
            var name = Text(ref reader, names);
            reader.Read();
            switch (name)
            {
                case "type":
                    message.Type = Text(ref reader, names);
                    break;
                case "id":
                    message.Id = reader.GetString();
                    break;
                case "room":
                    message.Room = Text(ref reader, names);
                    break;
                case "epoch":
                    message.Epoch = Text(ref reader, names);
                    break;
                case "seq":
                    message.Seq = reader.GetInt64();
                    break;
                case "payload":
                    message.Payload = reader.GetInt64();
                    break;
                case "duplicate":
                    message.Duplicate = reader.GetBoolean();
                    break;
                case "recovered":
                    message.Recovered = reader.GetBoolean();
                    break;
                case "code":
                    message.Code = Text(ref reader, names);
                    break;
                case "retryAfter":
                    message.RetryAfter = reader.GetInt32();
                    break;
                case "connection":
                    message.Connection = reader.GetString();
                    break;
                case "count":
                    message.Count = reader.GetInt32();
                    break;
                case "after":
                    message.After = reader.GetInt32();
                    break;
                case "members":
                    message.Members = ReadMembers(ref reader);
                    break;
                default:
                    reader.Skip();
                    break;
            }
        }

        return message;
    }

    private static List<string> ReadMembers(ref Utf8JsonReader reader)
    {
        var members = new List<string>();
        while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
        {
            while (reader.Read() && reader.TokenType == JsonTokenType.PropertyName)
            {
                var isConnection = reader.ValueTextEquals("connection"u8);
                reader.Read();
                if (isConnection)
                {
                    members.Add(reader.GetString()!);
                }

                reader.Skip();
            }
        }

        return members;
    }

    private static string Text(ref Utf8JsonReader reader, List<string> names)
    {
        foreach (var name in names)
        {
            if (reader.ValueTextEquals(name))
            {
                return name;
            }
        }

        var text = reader.GetString()!;
        if (names.Count == MostNames)
        {
            names.Clear();
        }

        names.Add(text);
        return text;
    }
}
