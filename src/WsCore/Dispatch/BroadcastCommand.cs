using System.Text;
using WsCore.Access;
using WsCore.Conflation;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.History;
using WsCore.Namespaces;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Delivers a message to the members of one room or several.</summary>
/// <remarks>
/// Several rooms: every one is checked, hooks included, before any gets the message. Those that keep history then get it all together, or the request fails and nobody has got it;
/// the others, whose delivery cannot fail, come after them. So nothing is delivered in part.
/// </remarks>
internal sealed class BroadcastCommand(RoomManager rooms, Lanes lanes, Appender appender, HookRunner hooks, Replies replies) : IRepeatable
{
    /// <summary>How long a member that catches up may take until it may broadcast again.</summary>
    private const long CatchUpRetryMs = 1000;

    public ValueTask<Frame?> CarryOutAsync(Connection connection, Envelope envelope, OnceRequest? once) =>
        !envelope.HasRooms && lanes.HaveRoom && !hooks.Wants(HookPoints.Broadcasting | HookPoints.Delivered)
            ? BroadcastAtOnce(connection, envelope, once)
            : BroadcastAsync(connection, envelope, once);

    private ValueTask<Frame?> BroadcastAtOnce(Connection connection, in Envelope envelope, OnceRequest? once)
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
            return AppendAsync(connection, envelope, target, once);
        }

        if (!rooms.OthersTakeMore)
        {
            replies.Error(connection, envelope.Id.Span, Refusal.BusIsFull());
            return default;
        }

        var ack = envelope.WantsAnswer ? Replies.Ack(envelope.Id.Span) : null;
        Deliver(connection, envelope, target, ack);
        return new(ack);
    }

    private async ValueTask<Frame?> BroadcastAsync(Connection connection, Envelope envelope, OnceRequest? once)
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

        if (!rooms.OthersTakeMore && Array.Exists(targets, target => !IsKept(envelope, target)))
        {
            replies.Error(connection, envelope.Id.Span, Refusal.BusIsFull());
            return null;
        }

        var ack = await DeliverAsync(connection, envelope, targets, once).ConfigureAwait(false);
        if (hooks.Wants(HookPoints.Delivered))
        {
            foreach (var target in targets)
            {
                await hooks.DeliveredAsync(new DeliveredContext(connection, target.Text, to: null, RawText.Decode(envelope.Event.Span), target.Payload)).ConfigureAwait(false);
            }
        }

        return ack;
    }

    private async ValueTask<Frame?> DeliverAsync(Connection connection, Envelope envelope, Target[] targets, OnceRequest? once)
    {
        if (!envelope.HasRooms && IsKept(envelope, targets[0]))
        {
            return await AppendAsync(connection, envelope, targets[0], once).ConfigureAwait(false);
        }

        await AppendAllAsync(connection, envelope, targets, once).ConfigureAwait(false);

        // The answer to several rooms goes with the last that is delivered here: the others have their place in a history.
        var ack = envelope.WantsAnswer ? AckFor(envelope, targets) : null;
        var last = Array.FindLastIndex(targets, target => !IsKept(envelope, target));
        for (var i = 0; i <= last; i++)
        {
            if (!IsKept(envelope, targets[i]))
            {
                Deliver(connection, envelope, targets[i], i == last ? ack : null);
            }
        }

        if (last < 0 && !envelope.Id.IsEmpty)
        {
            connection.Send(ack!);
        }

        return ack;
    }

    private static bool IsKept(in Envelope envelope, in Target target) => target.Rules.History is not null && !envelope.Ephemeral;

    private async ValueTask<Frame?> AppendAsync(Connection connection, Envelope envelope, Target target, OnceRequest? once)
    {
        var draft = DraftFor(connection, envelope, target, answers: true);
        await appender.AppendAsync(target.RoomName, target.Rules.History!, draft, once?.Commit(target.Additions)).ConfigureAwait(false);
        return draft.Answer;
    }

    /// <summary>All targets that keep history get the message, and learn its position, or none does.</summary>
    private async ValueTask AppendAllAsync(Connection connection, Envelope envelope, Target[] targets, OnceRequest? once)
    {
        int[] kept = [.. Enumerable.Range(0, targets.Length).Where(i => IsKept(envelope, targets[i]))];
        if (kept.Length == 0)
        {
            return;
        }

        Append[] all = [.. kept.Select(i => new Append(targets[i].RoomName, targets[i].Rules.History!, DraftFor(connection, envelope, targets[i], answers: false)))];
        var commit = once?.Commit(epochs => Pieces(kept, epochs, targets));
        var positions = await appender.AppendAllAsync(all, commit).ConfigureAwait(false);
        for (var i = 0; i < kept.Length; i++)
        {
            targets[kept[i]].Position = positions[i];
        }
    }

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
            PublishRule.Members when membership is null => Refusal.NotJoined(connection, "'room' must be joined before broadcasting to it."),
            _ when membership?.Replay is { IsFull: true } => new Refusal(
                ErrorCodes.RateLimited, "The connection is still catching up with 'room', and as many of its own broadcasts as may be wait for that.", CatchUpRetryMs),
            _ when envelope.Reliable && target.Rules.Conflate > TimeSpan.Zero =>
                new Refusal(ErrorCodes.InvalidMessage, "'reliable' must not be true in a conflated room: a message that a newer one replaces cannot be repeated until it arrives."),
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
        Publication.ForRoom(target.RoomName, target.Rules, envelope, target.Payload, connection, appender.Now);

    private static Frame AckFor(in Envelope envelope, Target[] targets) =>
        envelope.HasRooms ? Results(envelope.Id, targets) : Replies.Ack(envelope.Id, targets[0].Additions);

    /// <summary>The answer to several rooms, for <see cref="OnceCommit.Answer"/>.</summary>
    private static ReadOnlyMemory<byte>[] Pieces(int[] kept, IReadOnlyList<string> epochs, Target[] targets)
    {
        var open = (Target[])targets.Clone();
        for (var i = 0; i < kept.Length; i++)
        {
            open[kept[i]].Position = new Position(epochs[i], 0);
        }

        List<int> blanks = [];
        var ack = Results(rawId: default, open, blanks);
        return OnceAnswer.Pieces(ack, [.. blanks]);
    }

    /// <param name="rawId">The request's id.</param>
    /// <param name="targets">The rooms, with their positions.</param>
    /// <param name="blanks">Gets the places of the positions' numbers, which are then left out; null: they are written.</param>
    private static Frame Results(ReadOnlyMemory<byte> rawId, Target[] targets, List<int>? blanks = null) =>
        Replies.Make((rawId, targets, blanks), static (buffer, state) =>
        {
            var ack = AckWriter.Begin(buffer, state.rawId.Span);
            ack.BeginResults();
            foreach (var target in state.targets)
            {
                ack.BeginResult();
                ack.Room(JsonText.Encode(target.Name.Span));
                if (target.Position is { } position)
                {
                    if (state.blanks is null)
                    {
                        ack.Position(position.Epoch, position.Seq);
                    }
                    else
                    {
                        state.blanks.Add(ack.BlankPosition(position.Epoch, width: 0));
                    }
                }

                Replies.Add(ref ack, target.Additions);
                ack.EndResult();
            }

            ack.EndResults();
            ack.End();
        });

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
