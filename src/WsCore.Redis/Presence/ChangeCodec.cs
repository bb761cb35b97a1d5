using System.Buffers.Binary;
using System.Text;
using WsCore.Presence;
using WsCore.Redis.Bus;
using WsCore.Redis.Link;
using WsCore.Rooms;

namespace WsCore.Redis.Presence;

/// <summary>Writes and reads changes of a room's members: what the node knows goes into the envelope, what the script finds in front of it.</summary>
/// <remarks>
/// Thread-safe. Big-endian:
/// <code>
/// preamble   u64 version, u8 kinds, u32 members, u64 since, u64 life
/// payload    u8 length, connection; u16 length, key of the member; u64 ticket; state
/// </code>
/// </remarks>
internal sealed class ChangeCodec(BusCodec codec, string node)
{
    private const int PreambleLength = 29;

    // What Member.AnonymousKey puts in front.
    private static readonly string AnonymousPrefix = Member.AnonymousKey("");

    /// <summary>The user that a key stands for; null for an anonymous connection.</summary>
    public static string? UserOf(string key) => key.StartsWith(AnonymousPrefix, StringComparison.Ordinal) ? null : key;

    /// <summary>The anonymous connection that a key stands for.</summary>
    public static string ConnectionOf(string key) => key[AnonymousPrefix.Length..];

    /// <summary>The envelope of a change, for a script that puts the rest in front.</summary>
    public byte[] Write(RoomName room, PresenceConnection who, ReadOnlySpan<byte> state)
    {
        var (id, key) = (Encoding.UTF8.GetBytes(who.Connection), Encoding.UTF8.GetBytes(who.Key));
        var payload = new byte[1 + id.Length + 2 + key.Length + 8 + state.Length];
        payload[0] = checked((byte)id.Length);
        id.CopyTo(payload, 1);
        var rest = payload.AsSpan(1 + id.Length);
        BinaryPrimitives.WriteUInt16BigEndian(rest, checked((ushort)key.Length));
        key.CopyTo(rest[2..]);
        BinaryPrimitives.WriteInt64BigEndian(rest[(2 + key.Length)..], who.Ticket);
        state.CopyTo(rest[(10 + key.Length)..]);
        return codec.WriteBare(new BusEnvelope { Kind = BusKind.Presence, Node = node, Target = room.Utf8, Epoch = "", Payload = payload });
    }

    /// <summary>False: it is damaged.</summary>
    public static bool TryRead(in BusEnvelope envelope, out RoomChange change)
    {
        change = default;
        var reader = new ByteReader(envelope.Payload);
        if (envelope.Preamble.Length != PreambleLength || !reader.TryTake8(out var id) || !reader.TryTake16(out var key) || !reader.TryTake(8, out var ticket))
        {
            return false;
        }

        var preamble = envelope.Preamble.Span;
        var who = new PresenceConnection(Encoding.UTF8.GetString(id.Span), UserOf(Encoding.UTF8.GetString(key.Span)), BinaryPrimitives.ReadInt64BigEndian(ticket.Span));
        change = new RoomChange(
            BinaryPrimitives.ReadInt64BigEndian(preamble), (ChangeKinds)preamble[8], BinaryPrimitives.ReadInt32BigEndian(preamble[9..]),
            BinaryPrimitives.ReadInt64BigEndian(preamble[13..]), BinaryPrimitives.ReadInt64BigEndian(preamble[21..]), envelope.Node, who, reader.Rest);
        return true;
    }

    /// <summary>What a script answered: kind, version, members, since, life. Null: nothing changed.</summary>
    public RoomChange? Read(Reply reply, PresenceConnection who, ReadOnlyMemory<byte> state)
    {
        var kinds = reply[0].Number;
        return kinds <= 0
            ? null
            : new RoomChange(reply[1].Number, (ChangeKinds)kinds, (int)reply[2].Number, reply[3].Number, reply[4].Number, node, who, state.ToArray());
    }
}
