using System.Buffers.Binary;
using System.Buffers.Text;

namespace WsCore.Protocol;

/// <summary>A <c>message</c> of the server, written once per broadcast straight into its frame: <see cref="Length"/>, then <see cref="Write"/>.</summary>
/// <remarks>
/// <code>
/// text    {"type":"message","room":"…","epoch":"…","seq":   1,"ack":"…","from":{…},"event":"…","key":"…","time":1,"payload":…}
/// binary  length of the envelope, 2 bytes big-endian | the same without payload | the payload
/// </code>
/// Exactly one of <see cref="JsonRoom"/>, <see cref="JsonTo"/>, <see cref="JsonNamespace"/> and <see cref="Everybody"/> is
/// set. The payload is last so that it is copied once and never looked at.
/// </remarks>
internal readonly ref struct MessageEnvelope
{
    private const int LengthPrefix = 2;

    /// <summary>For the members of a room: <see cref="Rooms.RoomName.Json"/>.</summary>
    public ReadOnlySpan<byte> JsonRoom { get; init; }

    /// <summary>For one user, from <c>send</c>: the content of a JSON string.</summary>
    public ReadOnlySpan<byte> JsonTo { get; init; }

    /// <summary>For a whole namespace, from the application.</summary>
    public ReadOnlySpan<byte> JsonNamespace { get; init; }

    /// <summary>For every connection, from the application.</summary>
    public bool Everybody { get; init; }

    /// <summary>The room's epoch, the content of a JSON string; empty where the message gets no number.</summary>
    public ReadOnlySpan<byte> RawEpoch { get; init; }

    /// <summary>How wide the number may become. Its place is left blank, and JSON takes the blanks that stay in front of it.</summary>
    public int SeqDigits { get; init; }

    /// <summary>Where the number's place begins, from the start of what is written; -1 where there is none.</summary>
    public int SeqOffset => RawEpoch.IsEmpty ? -1 : (Binary ? LengthPrefix : 0) + TargetLength + EpochName.Length + RawEpoch.Length + SeqName.Length;

    /// <summary>The id that the receiver confirms a reliable message with, the content of a JSON string; or empty.</summary>
    public ReadOnlySpan<byte> RawAck { get; init; }

    /// <summary>A whole JSON object, <see cref="EnvelopeWriter.FromJson"/>; empty where the application speaks.</summary>
    public ReadOnlySpan<byte> FromJson { get; init; }

    /// <summary><see cref="Envelope.Event"/>, or empty.</summary>
    public ReadOnlySpan<byte> RawEvent { get; init; }

    /// <summary><see cref="Envelope.Key"/>, or empty.</summary>
    public ReadOnlySpan<byte> RawKey { get; init; }

    /// <summary>Unix milliseconds.</summary>
    public long Time { get; init; }

    /// <summary>One JSON value, or with <see cref="Binary"/> any bytes.</summary>
    public ReadOnlySpan<byte> Payload { get; init; }

    public bool Binary { get; init; }

    /// <summary>The exact bytes of the text form, or of the whole binary form.</summary>
    public int Length => Binary
        ? checked(LengthPrefix + HeadLength + 1 + Payload.Length)
        : checked(HeadLength + PayloadName.Length + Payload.Length + 1);

    private static ReadOnlySpan<byte> PayloadName => ",\"payload\":"u8;

    private static ReadOnlySpan<byte> TimeName => ",\"time\":"u8;

    private static ReadOnlySpan<byte> EpochName => ",\"epoch\":\""u8;

    private static ReadOnlySpan<byte> SeqName => "\",\"seq\":"u8;

    private static ReadOnlySpan<byte> AckName => ",\"ack\":\""u8;

    private static ReadOnlySpan<byte> FromName => ",\"from\":"u8;

    private static ReadOnlySpan<byte> EventName => ",\"event\":\""u8;

    private static ReadOnlySpan<byte> KeyName => ",\"key\":\""u8;

    private ReadOnlySpan<byte> Opening =>
        !JsonRoom.IsEmpty ? "{\"type\":\"message\",\"room\":\""u8
        : !JsonTo.IsEmpty ? "{\"type\":\"message\",\"to\":\""u8
        : !JsonNamespace.IsEmpty ? "{\"type\":\"message\",\"namespace\":\""u8
        : Everybody ? "{\"type\":\"message\",\"everybody\":true"u8
        : throw new InvalidOperationException("A message needs a room, a user, a namespace or everybody.");

    private ReadOnlySpan<byte> Target => !JsonRoom.IsEmpty ? JsonRoom : !JsonTo.IsEmpty ? JsonTo : JsonNamespace;

    private int TargetLength => Opening.Length + (Target.IsEmpty ? 0 : Target.Length + 1);

    /// <summary>Everything but the payload and the closing brace.</summary>
    private int HeadLength => TargetLength
        + (RawEpoch.IsEmpty ? 0 : EpochName.Length + RawEpoch.Length + SeqName.Length + SeqDigits)
        + (RawAck.IsEmpty ? 0 : AckName.Length + RawAck.Length + 1)
        + (FromJson.IsEmpty ? 0 : FromName.Length + FromJson.Length)
        + (RawEvent.IsEmpty ? 0 : EventName.Length + RawEvent.Length + 1)
        + (RawKey.IsEmpty ? 0 : KeyName.Length + RawKey.Length + 1)
        + TimeName.Length + CountDigits(Time);

    /// <summary>Writes exactly <see cref="Length"/> bytes.</summary>
    /// <exception cref="ArgumentException">The destination is shorter.</exception>
    /// <exception cref="OverflowException">The envelope of a binary message is over 65,535 bytes, which checked fields never add up to.</exception>
    public void Write(Span<byte> destination)
    {
        if (Binary)
        {
            BinaryPrimitives.WriteUInt16BigEndian(destination, checked((ushort)(HeadLength + 1)));
            destination = WriteHead(destination[LengthPrefix..]);
            destination[0] = (byte)'}';
            Payload.CopyTo(destination[1..]);
        }
        else
        {
            destination = Put(WriteHead(destination), PayloadName);
            destination = Put(destination, Payload);
            destination[0] = (byte)'}';
        }
    }

    private Span<byte> WriteHead(Span<byte> destination)
    {
        destination = Put(destination, Opening);
        if (!Target.IsEmpty)
        {
            destination = Put(Put(destination, Target), "\""u8);
        }

        if (!RawEpoch.IsEmpty)
        {
            destination = Put(Put(Put(destination, EpochName), RawEpoch), SeqName);
            destination[..SeqDigits].Fill((byte)' ');
            destination = destination[SeqDigits..];
        }

        if (!RawAck.IsEmpty)
        {
            destination = Put(Put(Put(destination, AckName), RawAck), "\""u8);
        }

        if (!FromJson.IsEmpty)
        {
            destination = Put(Put(destination, FromName), FromJson);
        }

        if (!RawEvent.IsEmpty)
        {
            destination = Put(Put(Put(destination, EventName), RawEvent), "\""u8);
        }

        if (!RawKey.IsEmpty)
        {
            destination = Put(Put(Put(destination, KeyName), RawKey), "\""u8);
        }

        destination = Put(destination, TimeName);
        Utf8Formatter.TryFormat(Time, destination, out int written);
        return destination[written..];
    }

    private static Span<byte> Put(Span<byte> destination, ReadOnlySpan<byte> bytes)
    {
        bytes.CopyTo(destination);
        return destination[bytes.Length..];
    }

    private static int CountDigits(long value)
    {
        int digits = value < 0 ? 2 : 1;
        while (value is > 9 or < -9)
        {
            value /= 10;
            digits++;
        }

        return digits;
    }
}
