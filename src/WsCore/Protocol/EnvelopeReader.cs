using System.Buffers.Binary;
using System.Text.Json;
using System.Text.Unicode;

namespace WsCore.Protocol;

/// <summary>Reads what a client sent: bytes in, an <see cref="Envelope"/> or the reason why not out. Never throws on any input.</summary>
/// <remarks>
/// Two passes. <see cref="EnvelopeScanner"/> reads the JSON once and writes down where the known fields are;
/// <see cref="FieldReader"/> then interprets only those which the type uses, so that a wrong type in a field of another
/// message is ignored like an unknown field. <c>null</c> is a value like any other: an optional field is left out, not null.
/// <para>
/// Where the result is false, <see cref="Envelope.Id"/> is the id of the request if it has a good one (and is not an
/// <c>ack</c>, whose <c>id</c> asks for no reply), and nothing else of the envelope may be used.
/// </para>
/// </remarks>
internal static class EnvelopeReader
{
    private const int LengthPrefix = 2;

    /// <summary>The text form: one JSON object.</summary>
    public static bool TryRead(ReadOnlyMemory<byte> utf8, in EnvelopeLimits limits, out Envelope envelope, out EnvelopeFault fault)
    {
        envelope = default;
        return TryReadInto(utf8, limits, ref envelope, out fault);
    }

    /// <summary>The binary form: 2 bytes of length, big-endian, an envelope of that length without <c>payload</c>, and the payload.</summary>
    public static bool TryReadBinary(ReadOnlyMemory<byte> data, in EnvelopeLimits limits, out Envelope envelope, out EnvelopeFault fault)
    {
        envelope = default;
        if (data.Length < LengthPrefix)
        {
            fault = EnvelopeFault.Parse($"A binary message begins with the length of its envelope in 2 bytes; this one has {data.Length} bytes.");
            return false;
        }

        int length = BinaryPrimitives.ReadUInt16BigEndian(data.Span);
        if (length > data.Length - LengthPrefix)
        {
            fault = EnvelopeFault.Parse($"The binary message declares an envelope of {length} bytes, but only {data.Length - LengthPrefix} follow.");
            return false;
        }

        envelope.PayloadKind = PayloadKind.Binary;
        envelope.Payload = data[(LengthPrefix + length)..];
        return TryReadInto(data.Slice(LengthPrefix, length), limits, ref envelope, out fault);
    }

    private static bool TryReadInto(ReadOnlyMemory<byte> utf8, in EnvelopeLimits limits, ref Envelope envelope, out EnvelopeFault fault)
    {
        if (!Utf8.IsValid(utf8.Span)) // the JSON reader takes any bytes within a string
        {
            fault = EnvelopeFault.Parse("The message is not valid UTF-8.");
            return false;
        }

        EnvelopeScan scan;
        try
        {
            EnvelopeScanner.Scan(utf8.Span, limits.MaxDepth, out scan);
        }
        catch (JsonException e)
        {
            fault = EnvelopeFault.Parse($"The message is not valid JSON: line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}.");
            return false;
        }

        FieldReader fields = new(utf8, ref scan, limits);
        bool good = ReadHead(ref fields, scan.Fault, ref envelope) && ReadBody(ref fields, ref envelope);
        fault = fields.Fault;
        return good;
    }

    /// <summary>What every message has: type and id. Both are looked for first, so that whatever else is wrong is answered to the right request.</summary>
    private static bool ReadHead(ref FieldReader fields, EnvelopeFault? found, ref Envelope envelope)
    {
        bool typed = ReadType(ref fields, ref envelope);
        EnvelopeFault typeFault = fields.Fault;
        bool identified = envelope.Type == MessageType.Ack || fields.Raw(Field.Id, 1, AckFields.MaxIdCharacters, ref envelope.Id);
        EnvelopeFault idFault = fields.Fault;
        return found is null && typed && identified
            ? true
            : fields.Refuse(found ?? (typed ? idFault : typeFault));
    }

    private static bool ReadType(ref FieldReader fields, ref Envelope envelope)
    {
        if (!fields.Has(Field.Type) || !fields.SlotOf(Field.Type).IsString)
        {
            return fields.Refuse(EnvelopeFault.Invalid("'type' must be a string, the name of what is asked for."));
        }

        if (!TextField.TryDecode(fields.Source, fields.SlotOf(Field.Type), out envelope.TypeName))
        {
            return fields.Refuse(EnvelopeFault.Invalid("'type' holds half of a surrogate pair, which is not Unicode text."));
        }

        envelope.Type = MessageTypes.Find(envelope.TypeName.Span);
        return true;
    }

    private static bool ReadBody(ref FieldReader fields, ref Envelope envelope)
    {
        if (envelope.PayloadKind == PayloadKind.Binary && envelope.Type != MessageType.Unknown && !MessageTypes.HasPayload(envelope.Type))
        {
            return fields.Refuse(EnvelopeFault.Invalid("'type' must be broadcast, send or call in a binary message: only these have a payload."));
        }

        return envelope.Type switch
        {
            MessageType.Join => RoomFields.Read(ref fields, fields.Limits.MaxRoomsPerJoin, joining: true, ref envelope)
                && fields.Flag(Field.Members, ref envelope.WantsMembers),
            MessageType.Leave => RoomFields.Read(ref fields, fields.Limits.MaxRoomsPerJoin, joining: false, ref envelope),
            MessageType.Broadcast => ReadBroadcast(ref fields, ref envelope),
            MessageType.Send => fields.Needs(Field.To)
                && fields.Bytes(Field.To, Rooms.RoomName.MaxUserBytes, ref envelope.To)
                && fields.Payload(needed: true, ref envelope)
                && fields.Raw(Field.Event, 1, 64, ref envelope.Event)
                && fields.Text(Field.Once, 16, 64, ref envelope.Once)
                && fields.Flag(Field.Reliable, ref envelope.Reliable),
            MessageType.Members => RoomFields.ReadOne(ref fields, ref envelope)
                && fields.Bytes(Field.After, Rooms.RoomNameRules.MaxBytes, ref envelope.After)
                && fields.Limit(ref envelope.Limit),
            MessageType.State => RoomFields.ReadOne(ref fields, ref envelope)
                && fields.Needs(Field.State)
                && RoomFields.ReadState(ref fields, ref envelope),
            MessageType.Online => UserFields.Read(ref fields, ref envelope),
            MessageType.History => RoomFields.ReadOne(ref fields, ref envelope)
                && RoomFields.ReadSince(ref fields, ref envelope)
                && fields.Limit(ref envelope.Limit),
            MessageType.Call => fields.Method(ref envelope.Method)
                && fields.Payload(needed: false, ref envelope) // a method may have no argument
                && fields.Text(Field.Once, 16, 64, ref envelope.Once),
            MessageType.Ack => AckFields.Read(ref fields, ref envelope),
            _ => true, // ping has no fields; the others are refused by the dispatcher
        };
    }

    private static bool ReadBroadcast(ref FieldReader fields, ref Envelope envelope)
    {
        if (!RoomFields.Read(ref fields, fields.Limits.MaxRoomsPerBroadcast, joining: false, ref envelope)
            || !fields.Payload(needed: true, ref envelope)
            || !fields.Raw(Field.Event, 1, 64, ref envelope.Event)
            || !fields.Key(ref envelope.Key)
            || !fields.Text(Field.Once, 16, 64, ref envelope.Once)
            || !fields.Flag(Field.Echo, ref envelope.Echo)
            || !fields.Flag(Field.Ephemeral, ref envelope.Ephemeral)
            || !fields.Flag(Field.Reliable, ref envelope.Reliable))
        {
            return false;
        }

        return !(envelope.Reliable && envelope.Ephemeral)
            || fields.Refuse(EnvelopeFault.Invalid("'reliable' and 'ephemeral' must not come together: a message is repeated until it arrives, or it may be lost."));
    }
}
