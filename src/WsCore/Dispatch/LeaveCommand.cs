using WsCore.Connections;
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
            connection.Send(Replies.Ack(envelope.Id.Span));
        }
    }
}
