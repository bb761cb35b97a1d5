using System.Text;
using WsCore.Access;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Delivers a message to every connection of a user.</summary>
/// <remarks>The <c>ack</c> does not tell whether there is one: who is connected is not everybody's business.</remarks>
internal sealed class SendCommand(RoomManager rooms, Lanes lanes, Appender appender, HookRunner hooks, Replies replies) : IRepeatable
{
    public async ValueTask<Frame?> CarryOutAsync(Connection connection, Envelope envelope, OnceRequest? once)
    {
        await lanes.WaitForRoomAsync().ConfigureAwait(false);
        var payload = Publication.PayloadOf(envelope);
        List<AckAddition>? additions = null;
        var to = hooks.Wants(HookPoints.Broadcasting | HookPoints.Delivered) ? Encoding.UTF8.GetString(envelope.To.Span) : null;
        if (hooks.Wants(HookPoints.Broadcasting))
        {
            var context = new BroadcastContext(connection, room: null, to, RawText.Decode(envelope.Event.Span), payload);
            await hooks.BroadcastingAsync(context).ConfigureAwait(false);
            if (context.RefusedCode is { } code)
            {
                replies.Error(connection, envelope.Id.Span, code, context.RefusedReason);
                return null;
            }

            (payload, additions) = (context.Payload, context.Additions);
        }

        if (rooms.PersonalRules.History is null && !rooms.OthersTakeMore)
        {
            replies.Error(connection, envelope.Id.Span, Refusal.BusIsFull());
            return null;
        }

        var ack = rooms.PersonalRules.History is null
            ? Deliver(connection, envelope, payload, additions)
            : await AppendAsync(connection, envelope, payload, additions, once).ConfigureAwait(false);
        if (hooks.Wants(HookPoints.Delivered))
        {
            await hooks.DeliveredAsync(new DeliveredContext(connection, room: null, to, RawText.Decode(envelope.Event.Span), payload)).ConfigureAwait(false);
        }

        return ack;
    }

    private Frame? Deliver(Connection connection, in Envelope envelope, in Payload payload, List<AckAddition>? additions)
    {
        if (PersonalRoom.Find(rooms, envelope.To.Span) is { } room)
        {
            room.Publish(Frame(connection, envelope, payload), except: null, reply: null);
        }
        else if (rooms.AreElsewhere)
        {
            rooms.PublishElsewhere(RoomName.Personal(envelope.To.Span), Frame(connection, envelope, payload));
        }

        return Answer(connection, envelope, additions);
    }

    private Frame Frame(Connection connection, in Envelope envelope, in Payload payload) =>
        Publication.ForUser(rooms.PersonalRules, envelope, payload, connection, appender.Now);

    private static Frame? Answer(Connection connection, in Envelope envelope, List<AckAddition>? additions)
    {
        var ack = envelope.WantsAnswer ? Replies.Ack(envelope.Id, additions) : null;
        if (!envelope.Id.IsEmpty)
        {
            connection.Send(ack!);
        }

        return ack;
    }

    /// <remarks>The position is told to the owner of the room alone: how many messages somebody else gets is not the sender's business.</remarks>
    private async ValueTask<Frame?> AppendAsync(Connection connection, Envelope envelope, Payload payload, List<AckAddition>? additions, OnceRequest? once)
    {
        var user = Encoding.UTF8.GetString(envelope.To.Span);
        var isOwn = user == connection.User;
        var draft = new MessageDraft
        {
            Publisher = connection,
            Echo = true, // whoever writes to oneself means it
            JsonTo = JsonText.Encode(envelope.To.Span),
            RawEvent = envelope.Event,
            Time = appender.Now,
            Payload = payload,
            RawId = envelope.Id,
            Additions = additions,
            IsReliable = envelope.Reliable || rooms.PersonalRules.Reliable,
            WantsAnswer = isOwn && envelope.WantsAnswer,
        };
        await appender.AppendAsync(RoomName.Personal(user), rooms.PersonalRules.History!, draft, once?.Commit(additions, withPosition: isOwn)).ConfigureAwait(false);
        return isOwn ? draft.Answer : Answer(connection, envelope, additions);
    }
}
