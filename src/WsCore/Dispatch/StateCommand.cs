using WsCore.Connections;
using WsCore.Presence;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Shows the others in a room another state.</summary>
internal sealed class StateCommand(RoomManager rooms, Attendance attendance, Replies replies)
{
    public async ValueTask RunAsync(Connection connection, Envelope envelope)
    {
        await rooms.WaitForLanesAsync().ConfigureAwait(false);
        if (PersonalRoom.TryGetUser(envelope.Room.Name.Span, out _))
        {
            replies.Error(connection, envelope.Id.Span, ErrorCodes.Forbidden, "'room' is a personal room, which nobody else sees.");
            return;
        }

        var room = rooms.Find(envelope.Room.Name.Span);
        if (room is null || connection.Rooms.Find(room) is not { } membership)
        {
            replies.Error(connection, envelope.Id.Span, Refusal.NotJoined(connection, "'room' must be joined before showing a state in it."));
            return;
        }

        if (!room.HasPresence)
        {
            replies.Error(connection, envelope.Id.Span, ErrorCodes.Forbidden, "The namespace of 'room' has no presence, so there is nobody to show a state to.");
            return;
        }

        if (!await attendance.UpdateAsync(membership, envelope.Room.State).ConfigureAwait(false))
        {
            replies.Error(connection, envelope.Id.Span, Refusal.NotJoined(connection, "'room' was left meanwhile."));
            return;
        }

        if (!envelope.Id.IsEmpty)
        {
            connection.Send(Replies.Ack(envelope.Id.Span));
        }
    }
}
