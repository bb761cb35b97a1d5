using System.Buffers;
using System.Buffers.Binary;
using System.Globalization;
using System.Text.Json;
using System.Text.Unicode;
using WsCore.Client.Connections;

namespace WsCore.Client.Wire;

/// <summary>Writes what a client says (docs/protocol.md, Client to server). Pure.</summary>
internal static class RequestFrames
{
    private const int MaxConfirmedAtOnce = 1000;

    public static readonly byte[] Ping = "{\"type\":\"ping\"}"u8.ToArray();

    public static Outbound Broadcast(long id, IReadOnlyList<string> rooms, in Payload payload, BroadcastOptions options, string? once)
    {
        return Write("broadcast", id, payload, options, once, rooms, static (writer, rooms) =>
        {
            if (rooms.Count == 1)
            {
                writer.WriteString("room"u8, rooms[0]);
            }
            else
            {
                WriteNames(writer, "rooms"u8, rooms);
            }
        });
    }

    public static Outbound Send(long id, string user, in Payload payload, BroadcastOptions options, string? once) =>
        Write("send", id, payload, options, once, user, static (writer, user) => writer.WriteString("to"u8, user));

    public static Outbound Call(long id, string method, Payload? payload, string once)
    {
        return Write("call", id, payload, BroadcastOptions.Default, once, method, static (writer, method) => writer.WriteString("method"u8, method));
    }

    public static Outbound Join(long id, IReadOnlyList<RoomRequest> rooms)
    {
        return Text("join", id, rooms, static (writer, rooms) =>
        {
            writer.WriteStartArray("rooms"u8);
            foreach (var room in rooms)
            {
                writer.WriteStartObject();
                writer.WriteString("room"u8, room.Name);
                if (room.Since is { } since)
                {
                    WriteSince(writer, since);
                }

                if (room.State is { } state)
                {
                    WriteJson(writer, "state"u8, state);
                }

                writer.WriteEndObject();
            }
            writer.WriteEndArray();
        });
    }

    public static Outbound Leave(long id, string room) => Text("leave", id, room, static (writer, room) => writer.WriteString("room"u8, room));

    public static Outbound Members(long id, string room, int limit, string? after)
    {
        return Text("members", id, (room, limit, after), static (writer, page) =>
        {
            writer.WriteString("room"u8, page.room);
            writer.WriteNumber("limit"u8, page.limit);
            if (page.after is not null)
            {
                writer.WriteString("after"u8, page.after);
            }
        });
    }

    public static Outbound History(long id, string room, Position? since, int limit)
    {
        return Text("history", id, (room, since, limit), static (writer, page) =>
        {
            writer.WriteString("room"u8, page.room);
            if (page.since is { } since)
            {
                WriteSince(writer, since);
            }

            writer.WriteNumber("limit"u8, page.limit);
        });
    }

    public static Outbound State(long id, string room, in Payload state)
    {
        return Text("state", id, (room, state), static (writer, shown) =>
        {
            writer.WriteString("room"u8, shown.room);
            WriteJson(writer, "state"u8, shown.state);
        });
    }

    public static Outbound Online(long id, IReadOnlyList<string> users) => Text("online", id, users, static (writer, users) => WriteNames(writer, "users"u8, users));

    public static Outbound PingFor(long id) => Text("ping", id, 0, static (_, _) => { });

    /// <summary>Confirms reliable messages, as many as may be together and surely fit, and takes them off the queue.</summary>
    public static byte[] Confirm(Queue<string> ids, int maxBytes)
    {
        return Build((ids, maxBytes), static (writer, batch) =>
        {
            var (ids, left) = (batch.ids, batch.maxBytes - 100);
            writer.WriteStartObject();
            writer.WriteString("type"u8, "ack"u8);
            if (ids.Count == 1)
            {
                writer.WriteString("id"u8, ids.Dequeue());
            }
            else
            {
                writer.WriteStartArray("ids"u8);
                for (var n = 0; n < MaxConfirmedAtOnce && ids.TryPeek(out var id) && ((left -= MostBytes(id)) > 0 || n == 0); n++)
                {
                    writer.WriteStringValue(ids.Dequeue());
                }

                writer.WriteEndArray();
            }
            writer.WriteEndObject();
        });
    }

    /// <summary>Of a string in an array, whatever has to be escaped.</summary>
    private static int MostBytes(string text) => (text.Length * 6) + 3;

    private static Outbound Write<T>(string type, long id, Payload? payload, BroadcastOptions options, string? once, T to, Action<Utf8JsonWriter, T> address)
    {
        var isBinary = payload is { IsBinary: true };
        var envelope = Build((type, id, payload, options, once, to, address), static (writer, request) =>
        {
            writer.WriteStartObject();
            Begin(writer, request.type, request.id);
            request.address(writer, request.to);
            WriteOptions(writer, request.options, request.once);
            if (request.payload is { IsBinary: false } json)
            {
                WriteJson(writer, "payload"u8, json);
            }

            writer.WriteEndObject();
        });
        return new Outbound(isBinary ? WithTail(envelope, payload!.Value.Bytes.Span) : envelope, isBinary);
    }

    private static Outbound Text<T>(string type, long id, T fields, Action<Utf8JsonWriter, T> write)
    {
        return new Outbound(Build((type, id, fields, write), static (writer, request) =>
        {
            writer.WriteStartObject();
            Begin(writer, request.type, request.id);
            request.write(writer, request.fields);
            writer.WriteEndObject();
        }), isBinary: false);
    }

    private static byte[] Build<T>(T request, Action<Utf8JsonWriter, T> write)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using var writer = new Utf8JsonWriter(buffer, JsonText.Relaxed);
        write(writer, request);
        writer.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>The binary form: two bytes of length, the envelope, the payload.</summary>
    private static byte[] WithTail(byte[] envelope, ReadOnlySpan<byte> payload)
    {
        var message = new byte[2 + envelope.Length + payload.Length];
        BinaryPrimitives.WriteUInt16BigEndian(message, checked((ushort)envelope.Length));
        envelope.CopyTo(message.AsSpan(2));
        payload.CopyTo(message.AsSpan(2 + envelope.Length));
        return message;
    }

    private static void Begin(Utf8JsonWriter writer, string type, long id)
    {
        writer.WriteString("type"u8, type);
        if (id == 0)
        {
            return;
        }

        Span<char> digits = stackalloc char[20];
        id.TryFormat(digits, out var length, provider: CultureInfo.InvariantCulture);
        writer.WriteString("id"u8, digits[..length]);
    }

    private static void WriteOptions(Utf8JsonWriter writer, BroadcastOptions options, string? once)
    {
        if (options.Event is not null)
        {
            writer.WriteString("event"u8, options.Event);
        }

        if (options.Key is not null)
        {
            writer.WriteString("key"u8, options.Key);
        }

        if (once is not null)
        {
            writer.WriteString("once"u8, once);
        }

        if (options.Echo)
        {
            writer.WriteBoolean("echo"u8, true);
        }

        if (options.Ephemeral)
        {
            writer.WriteBoolean("ephemeral"u8, true);
        }

        if (options.Reliable)
        {
            writer.WriteBoolean("reliable"u8, true);
        }
    }

    private static void WriteSince(Utf8JsonWriter writer, Position since)
    {
        writer.WriteStartObject("since"u8);
        writer.WriteString("epoch"u8, since.Epoch);
        writer.WriteNumber("seq"u8, since.Seq);
        writer.WriteEndObject();
    }

    private static void WriteNames(Utf8JsonWriter writer, ReadOnlySpan<byte> field, IReadOnlyList<string> names)
    {
        writer.WriteStartArray(field);
        foreach (var name in names)
        {
            writer.WriteStringValue(name);
        }

        writer.WriteEndArray();
    }

    /// <exception cref="ArgumentException">It is not one JSON value in UTF-8.</exception>
    public static void CheckJson(in Payload json) => Build(json, static (writer, json) => WriteValue(writer, json));

    private static void WriteJson(Utf8JsonWriter writer, ReadOnlySpan<byte> field, in Payload json)
    {
        writer.WritePropertyName(field);
        WriteValue(writer, json);
    }

    private static void WriteValue(Utf8JsonWriter writer, in Payload json)
    {
        if (json.IsBinary)
        {
            throw new ArgumentException("This has to be JSON, not binary.");
        }

        if (!Utf8.IsValid(json.Bytes.Span))
        {
            throw new ArgumentException("The payload is not UTF-8, as JSON has to be: Payload.FromBinary takes bytes of any kind.");
        }

        try
        {
            writer.WriteRawValue(json.Bytes.Span);
        }
        catch (Exception error) when (error is JsonException or ArgumentException)
        {
            throw new ArgumentException($"The payload is not one JSON value: {error.Message}", error);
        }
    }
}
