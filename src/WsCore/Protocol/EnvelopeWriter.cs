using WsCore.Buffers;
using WsCore.Presence;

namespace WsCore.Protocol;

/// <summary>Each method writes one JSON envelope of the server; the hot ones allocate nothing beyond the destination.</summary>
/// <remarks>A <c>rawId</c> is <see cref="Envelope.Id"/> copied; empty where the request had none.</remarks>
internal static class EnvelopeWriter
{
    public static void Welcome(PooledBufferWriter writer, in WelcomeFields fields)
    {
        JsonObjectWriter json = new(writer);
        json.Open((byte)'{');
        json.Content("type"u8, "welcome"u8);
        json.Text("connection"u8, fields.Connection);
        if (fields.User is not null)
        {
            json.Text("user"u8, fields.User);
        }

        json.Text("node"u8, fields.Node);
        json.Number("time"u8, fields.Time);
        if (fields.Expires is long expires)
        {
            json.Number("expires"u8, expires);
        }

        json.Open("heartbeat"u8, (byte)'{');
        json.Number("interval"u8, fields.HeartbeatInterval);
        json.Number("timeout"u8, fields.HeartbeatTimeout);
        json.Close((byte)'}');
        json.Open("limits"u8, (byte)'{');
        json.Number("messageBytes"u8, fields.MessageBytes);
        json.Number("messagesPerSecond"u8, fields.MessagesPerSecond);
        json.Number("burst"u8, fields.Burst);
        json.Close((byte)'}');
        if (fields.Self is Position self)
        {
            json.Open("self"u8, (byte)'{');
            json.Text("epoch"u8, self.Epoch);
            json.Number("seq"u8, self.Seq);
            json.Close((byte)'}');
        }

        json.Close((byte)'}');
    }

    /// <param name="writer">The destination.</param>
    /// <param name="rawId">The request's id.</param>
    /// <param name="code">One of <see cref="ErrorCodes"/>, or a code of the application.</param>
    /// <param name="message">A sentence, not escaped.</param>
    /// <param name="retryAfterMs">Milliseconds after which to try again.</param>
    public static void Error(PooledBufferWriter writer, ReadOnlySpan<byte> rawId, string code, string message, long? retryAfterMs = null)
    {
        JsonObjectWriter json = Begin(writer, "error"u8, rawId);
        json.Text("code"u8, code);
        json.Text("message"u8, message);
        if (retryAfterMs is long wait)
        {
            json.Number("retryAfter"u8, wait);
        }

        json.Close((byte)'}');
    }

    /// <param name="writer">The destination.</param>
    /// <param name="rawId">The ping's id.</param>
    /// <param name="time">The server's clock, Unix milliseconds.</param>
    public static void Pong(PooledBufferWriter writer, ReadOnlySpan<byte> rawId, long time)
    {
        JsonObjectWriter json = Begin(writer, "pong"u8, rawId);
        json.Number("time"u8, time);
        json.Close((byte)'}');
    }

    /// <param name="writer">The destination.</param>
    /// <param name="jsonRoomName"><see cref="Rooms.RoomName.Json"/>.</param>
    /// <param name="code">Why, one of <see cref="ErrorCodes"/>.</param>
    public static void Removed(PooledBufferWriter writer, ReadOnlySpan<byte> jsonRoomName, string code)
    {
        JsonObjectWriter json = Begin(writer, "removed"u8, default);
        json.Content("room"u8, jsonRoomName);
        json.Text("code"u8, code);
        json.Close((byte)'}');
    }

    /// <param name="writer">The destination.</param>
    /// <param name="after">When to go, in milliseconds from now.</param>
    /// <param name="reason">A sentence, not escaped.</param>
    public static void Reconnect(PooledBufferWriter writer, long after, string reason)
    {
        JsonObjectWriter json = Begin(writer, "reconnect"u8, default);
        json.Number("after"u8, after);
        json.Text("reason"u8, reason);
        json.Close((byte)'}');
    }

    /// <param name="writer">The destination.</param>
    /// <param name="type"><c>joined</c>, <c>left</c> or <c>updated</c>.</param>
    /// <param name="jsonRoomName"><see cref="Rooms.RoomName.Json"/>.</param>
    /// <param name="change">What it tells.</param>
    public static void Presence(PooledBufferWriter writer, ReadOnlySpan<byte> type, ReadOnlySpan<byte> jsonRoomName, in PresenceChange change)
    {
        JsonObjectWriter json = Begin(writer, type, default);
        json.Content("room"u8, jsonRoomName);
        if (change.Who.User is not null)
        {
            json.Text("user"u8, change.Who.User);
        }

        json.Text("connection"u8, change.Who.Connection);
        if (!change.State.IsEmpty)
        {
            json.Raw("state"u8, change.State.Span);
        }

        json.Number("count"u8, change.Count);
        json.Close((byte)'}');
    }

    /// <summary>The <c>from</c> of a message, <c>{"user":…,"connection":…}</c>: made once per connection, copied into each message.</summary>
    /// <param name="user">Left out for an anonymous connection.</param>
    /// <param name="connectionId">The id of the connection.</param>
    public static byte[] FromJson(string? user, string connectionId)
    {
        using PooledBufferWriter writer = new();
        JsonObjectWriter json = new(writer);
        json.Open((byte)'{');
        if (user is not null)
        {
            json.Text("user"u8, user);
        }

        json.Text("connection"u8, connectionId);
        json.Close((byte)'}');
        return writer.WrittenSpan.ToArray();
    }

    /// <summary><c>{"type":"…","id":"…"</c>, open.</summary>
    internal static JsonObjectWriter Begin(PooledBufferWriter writer, ReadOnlySpan<byte> type, ReadOnlySpan<byte> rawId)
    {
        JsonObjectWriter json = new(writer);
        json.Open((byte)'{');
        json.Content("type"u8, type);
        if (!rawId.IsEmpty)
        {
            json.Content("id"u8, rawId);
        }

        return json;
    }
}
