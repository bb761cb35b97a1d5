using WsCore.Buffers;

namespace WsCore.Protocol;

/// <summary>Writes one <c>ack</c>, field by field in the order of the calls, without an allocation of its own.</summary>
/// <remarks>
/// <c>Begin</c>, any of the fields, <c>End</c>. For several rooms: <c>BeginResults</c>, for each <c>BeginResult</c>, fields,
/// <c>EndResult</c>, then <c>EndResults</c>. For members: <c>BeginMembers</c>, <c>Member</c>…, <c>EndMembers</c>. The same
/// field twice is a fault of the caller and is not noticed.
/// </remarks>
internal ref struct AckWriter
{
    private JsonObjectWriter _json;

    private AckWriter(JsonObjectWriter json) => _json = json;

    /// <param name="writer">The destination.</param>
    /// <param name="rawId">The request's id, <see cref="Envelope.Id"/>.</param>
    public static AckWriter Begin(PooledBufferWriter writer, scoped ReadOnlySpan<byte> rawId) =>
        new(EnvelopeWriter.Begin(writer, "ack"u8, rawId));

    /// <param name="jsonName"><see cref="Rooms.RoomName.Json"/>.</param>
    public void Room(scoped ReadOnlySpan<byte> jsonName) => _json.Content("room"u8, jsonName);

    /// <summary>Only where the room keeps history.</summary>
    public void Position(string epoch, long seq)
    {
        _json.Text("epoch"u8, epoch);
        _json.Number("seq"u8, seq);
    }

    /// <summary>The same with a place for the number, so many blanks; returns where it begins, from the start of what was written.</summary>
    public int BlankPosition(string epoch, int width)
    {
        _json.Text("epoch"u8, epoch);
        return _json.Blank("seq"u8, width);
    }

    public void Count(long count) => _json.Number("count"u8, count);

    public void Recovered(bool recovered) => _json.Flag("recovered"u8, recovered);

    /// <summary>The request was the repetition of one with the same <c>once</c>.</summary>
    public void Duplicate() => _json.Flag("duplicate"u8, true);

    /// <summary>In a result: the room was refused.</summary>
    public void Refused(string code, string message, long? retryAfterMs = null)
    {
        _json.Text("code"u8, code);
        _json.Text("message"u8, message);
        if (retryAfterMs is { } wait)
        {
            _json.Number("retryAfter"u8, wait);
        }
    }

    /// <summary>The answer to a <c>call</c>, one JSON value.</summary>
    public void Payload(scoped ReadOnlySpan<byte> rawJson) => _json.Raw("payload"u8, rawJson);

    /// <summary>What a hook adds.</summary>
    /// <param name="name">A name that needs no escape in JSON.</param>
    /// <param name="rawJson">One JSON value.</param>
    public void Raw(scoped ReadOnlySpan<byte> name, scoped ReadOnlySpan<byte> rawJson) => _json.Raw(name, rawJson);

    public void BeginResults() => _json.Open("results"u8, (byte)'[');

    public void BeginResult() => _json.Open((byte)'{');

    public void EndResult() => _json.Close((byte)'}');

    public void EndResults() => _json.Close((byte)']');

    public void BeginMembers() => _json.Open("members"u8, (byte)'[');

    /// <param name="user">Absent for an anonymous connection.</param>
    /// <param name="connections">How many connections the member has in the room.</param>
    /// <param name="since">When the member came, Unix milliseconds.</param>
    /// <param name="rawState">One JSON value; empty where there is none.</param>
    /// <param name="connection">The id of an anonymous connection, which has nothing else to be told apart by.</param>
    public void Member(string? user, int connections, long since, scoped ReadOnlySpan<byte> rawState, string? connection = null)
    {
        _json.Open((byte)'{');
        if (user is not null)
        {
            _json.Text("user"u8, user);
        }

        if (connection is not null)
        {
            _json.Text("connection"u8, connection);
        }

        _json.Number("connections"u8, connections);
        _json.Number("since"u8, since);
        if (!rawState.IsEmpty)
        {
            _json.Raw("state"u8, rawState);
        }

        _json.Close((byte)'}');
    }

    public void EndMembers() => _json.Close((byte)']');

    /// <summary>Those of the users asked for who are connected.</summary>
    public void Users(IReadOnlyList<string> users)
    {
        _json.Open("users"u8, (byte)'[');
        foreach (var user in users)
        {
            _json.Text(user);
        }

        _json.Close((byte)']');
    }

    /// <summary>Which messages of a history follow.</summary>
    public void Range(string epoch, long from, long to)
    {
        _json.Text("epoch"u8, epoch);
        _json.Number("from"u8, from);
        _json.Number("to"u8, to);
    }

    public void BeginMessages() => _json.Open("messages"u8, (byte)'[');

    /// <param name="json">A whole envelope, as it was sent.</param>
    public void Message(scoped ReadOnlySpan<byte> json) => _json.Element(json);

    /// <param name="openEnvelope">The envelope of a binary message, without its closing brace.</param>
    /// <param name="payload">Its payload.</param>
    public void BinaryMessage(scoped ReadOnlySpan<byte> openEnvelope, scoped ReadOnlySpan<byte> payload)
    {
        _json.Element(openEnvelope);
        _json.Flag("binary"u8, true);
        _json.Base64("payload"u8, payload);
        _json.Close((byte)'}');
    }

    public void EndMessages() => _json.Close((byte)']');

    /// <summary>Whether there is another page.</summary>
    public void More(bool more) => _json.Flag("more"u8, more);

    public void End() => _json.Close((byte)'}');
}
