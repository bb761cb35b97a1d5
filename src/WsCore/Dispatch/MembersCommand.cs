using System.Text;
using WsCore.Connections;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Tells a member who else is in the room, page by page.</summary>
internal sealed class MembersCommand(RoomManager rooms, Replies replies, MemberPages pages)
{
    private const int DefaultLimit = 100;

    public void Run(Connection connection, in Envelope envelope)
    {
        if (PersonalRoom.TryGetUser(envelope.Room.Name.Span, out _))
        {
            replies.Error(connection, envelope.Id.Span, ErrorCodes.Forbidden, "'room' is a personal room, whose members are not told.");
            return;
        }

        var room = rooms.Find(envelope.Room.Name.Span);
        if (room is null || connection.Rooms.Find(room) is null)
        {
            replies.Error(connection, envelope.Id.Span, ErrorCodes.NotJoined, "'room' must be joined before asking who is in it.");
            return;
        }

        if (!room.Rules.Presence)
        {
            replies.Error(connection, envelope.Id.Span, ErrorCodes.Forbidden, "The namespace of 'room' has no presence, so its members are not told.");
            return;
        }

        if (envelope.Id.IsEmpty)
        {
            return;
        }

        var members = MemberList.Of(room.Snapshot());
        var first = FirstAfter(members, Encoding.UTF8.GetString(envelope.After.Span));
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

    /// <summary>Where the page after a member begins: a user's name, or the id of an anonymous connection that is still there.</summary>
    private static int FirstAfter(List<Member> members, string after)
    {
        if (after.Length == 0)
        {
            return 0;
        }

        var anonymous = members.FindLastIndex(member => member.User is null && member.Connections[0] == after);
        if (anonymous >= 0)
        {
            return anonymous + 1;
        }

        var next = members.FindIndex(member => string.CompareOrdinal(member.Key, after) > 0);
        return next >= 0 ? next : members.Count;
    }
}
