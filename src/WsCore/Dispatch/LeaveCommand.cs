using WsCore.Connections;
using WsCore.Delivery;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Takes a connection out of one room or several; one that it is not in is left already.</summary>
internal sealed class LeaveCommand(RoomManager rooms, Replies replies)
{
    public void Run(Connection connection, in Envelope envelope)
    {
        var requests = envelope.HasRooms ? envelope.Rooms! : [envelope.Room];
        foreach (var request in requests)
        {
            if (PersonalRoom.TryGetUser(request.Name.Span, out _))
            {
                replies.Error(connection, envelope.Id.Span, ErrorCodes.Forbidden, "'room' is a personal room, which cannot be left.");
                return;
            }
        }

        foreach (var request in requests)
        {
            if (rooms.Find(request.Name.Span) is { } room)
            {
                connection.Rooms.Find(room)?.Leave();
            }
        }

        if (!envelope.Id.IsEmpty)
        {
            connection.Send(Ack(envelope));
        }
    }

    private static Frame Ack(in Envelope envelope) => Replies.Make(envelope, static (buffer, envelope) =>
    {
        var ack = AckWriter.Begin(buffer, envelope.Id.Span);
        if (envelope.HasRooms)
        {
            ack.BeginResults();
            foreach (var request in envelope.Rooms!)
            {
                ack.BeginResult();
                ack.Room(JsonText.Encode(request.Name.Span));
                ack.EndResult();
            }

            ack.EndResults();
        }
        else
        {
            ack.Room(JsonText.Encode(envelope.Room.Name.Span));
        }

        ack.End();
    });
}
