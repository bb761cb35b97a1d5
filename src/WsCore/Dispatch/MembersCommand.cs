using System.Text;
using WsCore.Connections;
using WsCore.Presence;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Tells a member who else is in the room, page by page.</summary>
internal sealed class MembersCommand(RoomManager rooms, IPresenceStore presence, Replies replies, MemberPages pages)
{
    private const int DefaultLimit = 100;

    public async ValueTask RunAsync(Connection connection, Envelope envelope)
    {
        if (PersonalRoom.TryGetUser(envelope.Room.Name.Span, out _))
        {
            replies.Error(connection, envelope.Id.Span, ErrorCodes.Forbidden, "'room' is a personal room, whose members are not told.");
            return;
        }

        var room = rooms.Find(envelope.Room.Name.Span);
        if (room is null || connection.Rooms.Find(room) is null)
        {
            replies.Error(connection, envelope.Id.Span, Refusal.NotJoined(connection, "'room' must be joined before asking who is in it."));
            return;
        }

        if (!room.HasPresence)
        {
            replies.Error(connection, envelope.Id.Span, ErrorCodes.Forbidden, "The namespace of 'room' has no presence, so its members are not told.");
            return;
        }

        if (envelope.Id.IsEmpty)
        {
            return;
        }

        var members = await presence.MembersAsync(room.Name).ConfigureAwait(false);
        var first = MemberPages.FirstAfter(members, Encoding.UTF8.GetString(envelope.After.Span));
        connection.Send(Replies.Make((envelope, room, members, first, pages), static (buffer, state) =>
        {
            var ack = AckWriter.Begin(buffer, state.envelope.Id.Span);
            ack.Room(state.room.Name.Json.Span);
            ack.Count(state.members.Count);
            var budget = state.pages.Bytes;
            MemberPages.Write(ref ack, state.members, state.first, state.envelope.Limit ?? DefaultLimit, ref budget);
            ack.End();
        }));
    }
}
