using System.Text;
using WsCore.Access;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Namespaces;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Delivers a message to the members of one room or several.</summary>
/// <remarks>Several rooms: every one is checked, hooks included, before any gets the message; nothing is delivered in part.</remarks>
internal sealed class BroadcastCommand(RoomManager rooms, Lanes lanes, HookRunner hooks, Replies replies, TimeProvider time)
{
    public ValueTask RunAsync(Connection connection, in Envelope envelope)
    {
        if (Promises.Refuse(envelope) is { IsRefused: true } refusal)
        {
            replies.Error(connection, envelope.Id.Span, refusal.Code!, refusal.Message);
            return default;
        }

        if (!envelope.HasRooms && lanes.HaveRoom && !hooks.Wants(HookPoints.Broadcasting | HookPoints.Delivered))
        {
            BroadcastAtOnce(connection, envelope);
            return default;
        }

        return BroadcastAsync(connection, envelope);
    }

    private void BroadcastAtOnce(Connection connection, in Envelope envelope)
    {
        var refusal = Check(connection, envelope, envelope.Room.Name.Span, out var room);
        if (refusal.Code is { } code)
        {
            replies.Error(connection, envelope.Id.Span, code, refusal.Message);
            return;
        }

        var ack = envelope.Id.IsEmpty ? null : Replies.Ack(envelope.Id.Span);
        Deliver(connection, envelope, room, Publication.PayloadOf(envelope), ack);
    }

    private async ValueTask BroadcastAsync(Connection connection, Envelope envelope)
    {
        await lanes.WaitForRoomAsync().ConfigureAwait(false);
        var targets = TargetsOf(envelope);
        if (hooks.Wants(HookPoints.Broadcasting) && !await AskAsync(connection, envelope, targets).ConfigureAwait(false))
        {
            return;
        }

        // Rooms come and go, and members are removed, while hooks think: what counts is now, and from here on nothing is awaited.
        for (var i = 0; i < targets.Length; i++)
        {
            if (Refused(connection, envelope, targets[i], Check(connection, envelope, targets[i].Name.Span, out targets[i].Room)))
            {
                return;
            }
        }

        for (var i = 0; i < targets.Length; i++)
        {
            var ack = i == targets.Length - 1 && !envelope.Id.IsEmpty ? AckFor(envelope, targets) : null;
            Deliver(connection, envelope, targets[i].Room, targets[i].Payload, ack);
        }

        if (hooks.Wants(HookPoints.Delivered))
        {
            foreach (var target in targets)
            {
                await hooks.DeliveredAsync(new DeliveredContext(connection, target.Text, to: null, RawText.Decode(envelope.Event.Span), target.Payload)).ConfigureAwait(false);
            }
        }
    }

    /// <summary>Asks the hooks about each room that the connection may broadcast to; false when one was refused and the connection told.</summary>
    private async ValueTask<bool> AskAsync(Connection connection, Envelope envelope, Target[] targets)
    {
        for (var i = 0; i < targets.Length; i++)
        {
            var refusal = Check(connection, envelope, targets[i].Name.Span, out _);
            if (!refusal.IsRefused)
            {
                var context = new BroadcastContext(connection, targets[i].Text, to: null, RawText.Decode(envelope.Event.Span), Publication.PayloadOf(envelope));
                await hooks.BroadcastingAsync(context).ConfigureAwait(false);
                (targets[i].Payload, targets[i].Additions) = (context.Payload, context.Additions);
                refusal = Refusal.By(context);
            }

            if (Refused(connection, envelope, targets[i], refusal))
            {
                return false;
            }
        }

        return true;
    }

    private bool Refused(Connection connection, in Envelope envelope, in Target target, in Refusal refusal)
    {
        if (refusal.Code is not { } code)
        {
            return false;
        }

        replies.Error(connection, envelope.Id.Span, code, envelope.HasRooms ? $"{target.Text}: {refusal.Message}" : refusal.Message);
        return true;
    }

    /// <summary>Whether the connection may broadcast to the room of that name; the room is null where nobody is in it.</summary>
    private Refusal Check(Connection connection, in Envelope envelope, ReadOnlySpan<byte> name, out Room? room)
    {
        room = rooms.Find(name);
        if (PersonalRoom.TryGetUser(name, out _))
        {
            return Refusal.Forbidden("'room' is a personal room; use 'send' to reach a user.");
        }

        var rules = room?.Rules ?? rooms.RulesFor(name);
        return rules.Publish switch
        {
            PublishRule.Server => Refusal.Forbidden("In this namespace only the application broadcasts."),
            PublishRule.Members when room is null || connection.Rooms.Find(room) is null =>
                new Refusal(ErrorCodes.NotJoined, "'room' must be joined before broadcasting to it."),
            _ when envelope.Reliable && rules.Conflate > TimeSpan.Zero =>
                new Refusal(ErrorCodes.InvalidMessage, "'reliable' must not be true in a conflated room: a message that a newer one replaces cannot be repeated until it arrives."),
            _ => default,
        };
    }

    private void Deliver(Connection connection, in Envelope envelope, Room? room, in Payload payload, Frame? ack)
    {
        if (room is null)
        {
            if (ack is not null)
            {
                connection.Send(ack); // nobody is there, which is no fault of the sender's
            }

            return;
        }

        var frame = Publication.ForRoom(room, envelope, payload, connection.FromJson, time.GetUtcNow().ToUnixTimeMilliseconds());
        if (room.Conflation is { } conflation)
        {
            conflation.Publish(frame, envelope.Key.Span, connection, envelope.Echo ? null : connection);
            if (ack is not null)
            {
                connection.Send(ack); // accepted: it leaves, or a newer one does
            }

            return;
        }

        room.Publish(frame, envelope.Echo ? null : connection, ack is null ? null : (connection, ack));
    }

    private static Frame? AckFor(in Envelope envelope, Target[] targets)
    {
        if (!envelope.HasRooms)
        {
            return Replies.Ack(envelope.Id, targets[0].Additions);
        }

        return Replies.Make((envelope.Id, targets), static (buffer, state) =>
        {
            var ack = AckWriter.Begin(buffer, state.Id.Span);
            ack.BeginResults();
            foreach (var target in state.targets)
            {
                ack.BeginResult();
                ack.Room(JsonText.Encode(target.Name.Span));
                Replies.Add(ref ack, target.Additions);
                ack.EndResult();
            }

            ack.EndResults();
            ack.End();
        });
    }

    private static Target[] TargetsOf(Envelope envelope)
    {
        var requests = envelope.HasRooms ? envelope.Rooms! : [envelope.Room];
        return
        [
            .. requests
                .DistinctBy(request => Encoding.UTF8.GetString(request.Name.Span), StringComparer.Ordinal) // a room that is named twice gets it once
                .Select(request => new Target { Name = request.Name, Payload = Publication.PayloadOf(envelope) }),
        ];
    }

    private struct Target
    {
        public ReadOnlyMemory<byte> Name;
        public Room? Room;
        public Payload Payload;
        public List<AckAddition>? Additions;

        public readonly string Text => Encoding.UTF8.GetString(Name.Span);
    }
}
