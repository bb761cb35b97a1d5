using System.Text;
using WsCore.Connections;
using WsCore.Presence;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Tells which of some users are connected, where the namespace of personal rooms has presence.</summary>
internal sealed class OnlineCommand(RoomManager rooms, IPresenceStore presence, Replies replies)
{
    private readonly bool _allowed = rooms.RulesFor("user:any"u8).Presence; // the rules are those of the namespace, whoever it is

    public async ValueTask RunAsync(Connection connection, Envelope envelope)
    {
        if (!_allowed)
        {
            replies.Error(connection, envelope.Id.Span, ErrorCodes.Forbidden, "Who is connected is not told here: the setting Namespaces:user:Presence is false.");
            return;
        }

        if (envelope.Id.IsEmpty)
        {
            return;
        }

        var asked = envelope.Users!.Select(user => Encoding.UTF8.GetString(user.Span));
        var users = await presence.OnlineAsync(asked).ConfigureAwait(false);
        connection.Send(Replies.Make((envelope, users), static (buffer, state) =>
        {
            var ack = AckWriter.Begin(buffer, state.envelope.Id.Span);
            ack.Users(state.users);
            ack.End();
        }));
    }
}
