using System.Text;
using WsCore.Access;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Delivers a message to every connection of a user.</summary>
/// <remarks>The <c>ack</c> does not tell whether there is one: who is connected is not everybody's business.</remarks>
internal sealed class SendCommand(RoomManager rooms, Lanes lanes, HookRunner hooks, Replies replies, TimeProvider time)
{
    public async ValueTask RunAsync(Connection connection, Envelope envelope)
    {
        if (Promises.Refuse(envelope) is { IsRefused: true } refusal)
        {
            replies.Error(connection, envelope.Id.Span, refusal.Code!, refusal.Message);
            return;
        }

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
                return;
            }

            (payload, additions) = (context.Payload, context.Additions);
        }

        Deliver(connection, envelope, payload);
        if (!envelope.Id.IsEmpty)
        {
            connection.Send(Replies.Ack(envelope.Id, additions));
        }

        if (hooks.Wants(HookPoints.Delivered))
        {
            await hooks.DeliveredAsync(new DeliveredContext(connection, room: null, to, RawText.Decode(envelope.Event.Span), payload)).ConfigureAwait(false);
        }
    }

    private void Deliver(Connection connection, in Envelope envelope, in Payload payload)
    {
        if (PersonalRoom.Find(rooms, envelope.To.Span) is { } room)
        {
            var frame = Publication.ForUser(room, envelope, payload, connection.FromJson, time.GetUtcNow().ToUnixTimeMilliseconds());
            room.Publish(frame, except: null, reply: null);
        }
    }
}
