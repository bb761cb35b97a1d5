using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text.Json;
using WsCore.Client.Connections;
using WsCore.Client.Diagnostics;
using WsCore.Client.Rooms;
using WsCore.Client.Wire;

namespace WsCore.Client.Sessions;

/// <content>What a connection brings.</content>
internal sealed partial class Session
{
    private const int MaxRoomCharacters = 255;

    void IFrameSink.Receive(Connection connection, ReadOnlySpan<byte> message, bool isBinary)
    {
        ReadOnlyMemory<byte>? tail = null;
        if (isBinary)
        {
            if (message.Length < 2 || BinaryPrimitives.ReadUInt16BigEndian(message) is var length && message.Length < 2 + length)
            {
                throw new JsonException("a binary message shorter than it says");
            }

            tail = message[(2 + length)..].ToArray();
            message = message.Slice(2, length);
        }
        var envelope = Envelope.Read(message);
        if (envelope.Type.Is("message"u8))
        {
            Deliver(connection, envelope, tail);
        }
        else if (envelope.Type.Is("welcome"u8))
        {
            Greet(connection, ClientJson.ReadWelcome(message));
        }
        else if (IsServed(envelope.Type))
        {
            Take(connection, ClientJson.ReadReply(message));
        }

        connection.Outbox.Kick();
    }

    /// <summary>A message of a history.</summary>
    public Message ReadMessage(JsonElement json)
    {
        lock (_gate)
        {
            return MessageReader.Read(Envelope.Read(JsonMarshal.GetRawUtf8Value(json)), null, null, _own.IsOwn);
        }
    }

    private static bool IsServed(Envelope.Text type) =>
        type.Is("ack"u8) || type.Is("error"u8) || type.Is("pong"u8) || type.Is("joined"u8) || type.Is("left"u8) || type.Is("updated"u8) || type.Is("removed"u8) || type.Is("reconnect"u8);

    private void Greet(Connection connection, Welcome welcome)
    {
        connection.Greet(welcome, _options.Pace);
        Attach(connection, welcome);
    }

    private void Take(Connection connection, Reply reply)
    {
        lock (_gate)
        {
            if (connection != _connection)
            {
                return;
            }

            switch (reply.Type)
            {
                case "ack" or "error" or "pong":
                    Answered(reply);
                    break;
                case "joined":
                    Announce(PresenceKind.Joined, reply);
                    break;
                case "left":
                    Announce(PresenceKind.Left, reply);
                    break;
                case "updated":
                    Announce(PresenceKind.Updated, reply);
                    break;
                case "removed":
                    Removed(reply);
                    break;
                case "reconnect":
                    connection.Move(TimeSpan.FromMilliseconds(reply.After ?? 0));
                    break;
            }
        }
    }

    private void Announce(PresenceKind kind, Reply reply) =>
        _events.Add(new PresenceEvent(reply.Room ?? "", kind, new Sender(reply.Connection ?? "", reply.User), reply.State.ToPayload(), reply.Count ?? 0));

    private void Deliver(Connection connection, scoped in Envelope envelope, ReadOnlyMemory<byte>? tail)
    {
        lock (_gate)
        {
            if (connection != _connection)
            {
                return;
            }

            var room = FindRoom(envelope);
            if (room is null && !envelope.Room.IsEmpty)
            {
                return; // of a room that was left meanwhile
            }

            var message = MessageReader.Read(envelope, envelope.Room.IsEmpty ? null : room!.Name, tail, _own.IsOwn);
            if (message.ReliableId is { } id && _handled.IsKnown(id))
            {
                if (_handled.IsHandled(id))
                {
                    connection.Outbox.Confirm(id);
                }
            }
            else if (message.Position is { } position && room is not null)
            {
                DeliverInPlace(connection, room, position, message);
            }
            else if (!DeliverAtOnce(message))
            {
                TellGap(room, message);
            }
        }
    }

    private Room? FindRoom(scoped in Envelope envelope)
    {
        if (!envelope.To.IsEmpty)
        {
            return _rooms.Find($"user:{envelope.To.Decode()}");
        }

        Span<char> name = stackalloc char[MaxRoomCharacters];
        if (envelope.Room.TryDecode(name, out var length))
        {
            return _rooms.Find(name[..length]);
        }

        return envelope.Room.Decode() is { } escaped ? _rooms.Find(escaped) : null;
    }

    private void DeliverInPlace(Connection connection, Room room, Position position, Message message)
    {
        if (room.IsFetching)
        {
            room.HasMissed = true;
            return; // it will be fetched, or comes again
        }

        var isNew = room.Numbers.IsNew(position, out var isGap);
        var isAgain = message.Attempt > 1; // then it has no place in the order
        if (isAgain ? room.Numbers.Has(position) : !isNew)
        {
            if (message.ReliableId is { } id)
            {
                connection.Outbox.Confirm(id); // it came in the room's history already
            }
        }
        else if (isAgain && (isGap || !isNew))
        {
            DeliverAtOnce(message);
        }
        else if (DeliverAtOnce(message))
        {
            Take(room, position);
        }
        else
        {
            room.IsBehind = true;
            if (_inbox.IsHalfEmpty)
            {
                CatchUp(); // its reader was here in between, and does not come back for it
            }
        }
    }

    private void Take(Room room, Position position)
    {
        var before = room.Numbers.Last;
        if (room.Numbers.IsNew(position, out var isGap) && isGap)
        {
            _events.Add(new GapEvent(room.Name, before, position with { Seq = position.Seq - 1 }));
        }

        room.Numbers.Take(position);
    }

    private bool DeliverAtOnce(Message message)
    {
        if (!_inbox.TryAdd(message))
        {
            ClientMetrics.InboxDropped.Add(1);
            _isBehind = true;
            return false;
        }
        if (message.ReliableId is { } id)
        {
            _handled.Await(id);
        }

        return true;
    }

    /// <summary>A message without a number found the inbox full. A reliable one comes again, and in a room that has numbers it was ephemeral.</summary>
    private void TellGap(Room? room, Message message)
    {
        var name = room?.Name ?? (message.To is { } user ? $"user:{user}" : null);
        if (message.ReliableId is null && room?.Numbers.Last is null && _gapsTold.Add(name ?? ""))
        {
            _events.Add(new GapEvent(name, null, null));
        }
    }
}
