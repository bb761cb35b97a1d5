using System.Text;
using WsCore.Access;
using WsCore.Conflation;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Namespaces;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Delivers a message to the members of one room or several.</summary>
/// <remarks>Several rooms: every one is checked, hooks included, before any gets the message; nothing is delivered in part.</remarks>
internal sealed class BroadcastCommand(RoomManager rooms, Lanes lanes, Appender appender, HookRunner hooks, Replies replies) : IRepeatable
{
    /// <summary>How long a member that catches up may take until it may broadcast again.</summary>
    private const long CatchUpRetryMs = 1000;

    public ValueTask<Frame?> CarryOutAsync(Connection connection, Envelope envelope) =>
        !envelope.HasRooms && lanes.HaveRoom && !hooks.Wants(HookPoints.Broadcasting | HookPoints.Delivered)
            ? BroadcastAtOnce(connection, envelope)
            : BroadcastAsync(connection, envelope);

    private ValueTask<Frame?> BroadcastAtOnce(Connection connection, in Envelope envelope)
    {
        var target = new Target { Name = envelope.Room.Name, Payload = Publication.PayloadOf(envelope) };
        var refusal = Check(connection, envelope, ref target);
        if (refusal.IsRefused)
        {
            replies.Error(connection, envelope.Id.Span, refusal);
            return default;
        }

        if (IsKept(envelope, target))
        {
            return AppendAsync(connection, envelope, target, answers: true);
        }

        var ack = envelope.WantsAnswer ? Replies.Ack(envelope.Id.Span) : null;
        Deliver(connection, envelope, target, ack);
        return new(ack);
    }

    private async ValueTask<Frame?> BroadcastAsync(Connection connection, Envelope envelope)
    {
        await lanes.WaitForRoomAsync().ConfigureAwait(false);
        var targets = TargetsOf(envelope);
        if (hooks.Wants(HookPoints.Broadcasting) && !await AskAsync(connection, envelope, targets).ConfigureAwait(false))
        {
            return null;
        }

        // Rooms come and go, and members are removed, while hooks think: what counts is now.
        for (var i = 0; i < targets.Length; i++)
        {
            if (Refused(connection, envelope, targets[i], Check(connection, envelope, ref targets[i])))
            {
                return null;
            }
        }

        var ack = await DeliverAsync(connection, envelope, targets).ConfigureAwait(false);
        if (hooks.Wants(HookPoints.Delivered))
        {
            foreach (var target in targets)
            {
                await hooks.DeliveredAsync(new DeliveredContext(connection, target.Text, to: null, RawText.Decode(envelope.Event.Span), target.Payload)).ConfigureAwait(false);
            }
        }

        return ack;
    }

    private async ValueTask<Frame?> DeliverAsync(Connection connection, Envelope envelope, Target[] targets)
    {
        if (!envelope.HasRooms && IsKept(envelope, targets[0]))
        {
            return await AppendAsync(connection, envelope, targets[0], answers: true).ConfigureAwait(false);
        }

        for (var i = 0; i < targets.Length; i++)
        {
            if (IsKept(envelope, targets[i]))
            {
                targets[i].Position = await AppendAsync(connection, envelope, targets[i]).ConfigureAwait(false);
            }
            else if (i < targets.Length - 1)
            {
                Deliver(connection, envelope, targets[i], ack: null);
            }
        }

        // The answer to several rooms goes with the last of them, unless that has its place in a history.
        var ack = envelope.WantsAnswer ? AckFor(envelope, targets) : null;
        if (!IsKept(envelope, targets[^1]))
        {
            Deliver(connection, envelope, targets[^1], ack);
        }
        else if (!envelope.Id.IsEmpty)
        {
            connection.Send(ack!);
        }

        return ack;
    }

    private static bool IsKept(in Envelope envelope, in Target target) => target.Rules.History is not null && !envelope.Ephemeral;

    private async ValueTask<Frame?> AppendAsync(Connection connection, Envelope envelope, Target target, bool answers)
    {
        var draft = DraftFor(connection, envelope, target, answers);
        await appender.AppendAsync(target.RoomName, target.Rules.History!, draft).ConfigureAwait(false);
        return draft.Answer;
    }

    private ValueTask<Position> AppendAsync(Connection connection, in Envelope envelope, in Target target) =>
        appender.AppendAsync(target.RoomName, target.Rules.History!, DraftFor(connection, envelope, target, answers: false));

    private MessageDraft DraftFor(Connection connection, in Envelope envelope, in Target target, bool answers) => new()
    {
        Publisher = connection,
        Echo = envelope.Echo,
        JsonRoom = target.RoomName.Json,
        RawEvent = envelope.Event,
        RawKey = envelope.Key,
        Time = appender.Now,
        Payload = target.Payload,
        RawId = envelope.Id,
        Additions = target.Additions,
        IsReliable = envelope.Reliable || target.Rules.Reliable,
        WantsAnswer = answers && envelope.WantsAnswer,
    };

    /// <summary>Asks the hooks about each room that the connection may broadcast to; false when one was refused and the connection told.</summary>
    private async ValueTask<bool> AskAsync(Connection connection, Envelope envelope, Target[] targets)
    {
        for (var i = 0; i < targets.Length; i++)
        {
            var refusal = Check(connection, envelope, ref targets[i]);
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
        if (!refusal.IsRefused)
        {
            return false;
        }

        replies.Error(connection, envelope.Id.Span, envelope.HasRooms ? refusal with { Message = $"{target.Text}: {refusal.Message}" } : refusal);
        return true;
    }

    /// <summary>Whether the connection may broadcast to a room; finds the room, which is null where nobody is in it, and its rules.</summary>
    private Refusal Check(Connection connection, in Envelope envelope, ref Target target)
    {
        var name = target.Name.Span;
        var room = target.Room = rooms.Find(name);
        if (PersonalRoom.TryGetUser(name, out _))
        {
            return Refusal.Forbidden("'room' is a personal room; use 'send' to reach a user.");
        }

        target.Rules = room?.Rules ?? rooms.RulesFor(name);
        var membership = room is null ? null : connection.Rooms.Find(room);
        return target.Rules.Publish switch
        {
            PublishRule.Server => Refusal.Forbidden("In this namespace only the application broadcasts."),
            PublishRule.Members when membership is null => new Refusal(ErrorCodes.NotJoined, "'room' must be joined before broadcasting to it."),
            _ when membership?.Replay is { IsFull: true } => new Refusal(
                ErrorCodes.RateLimited, "The connection is still catching up with 'room', and as many of its own broadcasts as may be wait for that.", CatchUpRetryMs),
            _ when envelope.Reliable && target.Rules.Conflate > TimeSpan.Zero =>
                new Refusal(ErrorCodes.InvalidMessage, "'reliable' must not be true in a conflated room: a message that a newer one replaces cannot be repeated until it arrives."),
            _ when !IsKept(envelope, target) && !rooms.TakeMore => Refusal.BusIsFull(),
            _ => default,
        };
    }

    private void Deliver(Connection connection, in Envelope envelope, in Target target, Frame? ack)
    {
        var reply = envelope.Id.IsEmpty ? null : ack;
        if (target.Room is { } room)
        {
            var frame = Frame(connection, envelope, target);
            if (room.Conflation is not { } conflation)
            {
                room.Publish(frame, envelope.Echo ? null : connection, reply is null ? null : (connection, reply));
                return;
            }

            conflation.Publish(frame, envelope.Key.Span, connection, envelope.Echo ? null : connection);
        }
        else if (rooms.AreElsewhere)
        {
            ReadOnlyMemory<byte> key = target.Rules.Conflate == TimeSpan.Zero ? default : envelope.Key.IsEmpty ? SenderKey.Of(connection) : envelope.Key;
            rooms.PublishElsewhere(target.RoomName, Frame(connection, envelope, target), key);
        }

        if (reply is not null)
        {
            connection.Send(reply); // accepted: nobody is here, or it leaves the conflated room, or a newer one does
        }
    }

    private Frame Frame(Connection connection, in Envelope envelope, in Target target) =>
        Publication.ForRoom(target.RoomName, target.Rules, envelope, target.Payload, connection.FromJson, appender.Now);

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
                if (target.Position is { } position)
                {
                    ack.Position(position.Epoch, position.Seq);
                }

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
        public NamespaceRules Rules;
        public Room? Room;
        public Position? Position;
        public Payload Payload;
        public List<AckAddition>? Additions;

        public readonly RoomName RoomName => Room?.Name ?? RoomName.Create(Name.Span);

        public readonly string Text => Encoding.UTF8.GetString(Name.Span);
    }
}
