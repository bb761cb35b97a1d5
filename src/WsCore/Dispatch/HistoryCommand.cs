using WsCore.Buffers;
using WsCore.Connections;
using WsCore.History;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Tells a member what was said in the room, page by page, oldest first.</summary>
/// <param name="rooms">The rooms.</param>
/// <param name="store">What they keep.</param>
/// <param name="replies">Makes the answers.</param>
/// <param name="maxBytes">Of the messages in one answer: so much that an answer alone never makes its reader a slow one.</param>
internal sealed class HistoryCommand(RoomManager rooms, IHistoryStore store, Replies replies, int maxBytes)
{
    private const int DefaultLimit = 100;

    public async ValueTask RunAsync(Connection connection, Envelope envelope)
    {
        var room = rooms.Find(envelope.Room.Name.Span);
        if (PersonalRoom.TryGetUser(envelope.Room.Name.Span, out _))
        {
            replies.Error(connection, envelope.Id.Span, ErrorCodes.Forbidden, "'room' is a personal room; its owner catches up by a join with 'since'.");
        }
        else if (room is null || connection.Rooms.Find(room) is null)
        {
            replies.Error(connection, envelope.Id.Span, Refusal.NotJoined(connection, "'room' must be joined before asking for its history."));
        }
        else if (room.Rules.History is not { } rules)
        {
            replies.Error(connection, envelope.Id.Span, ErrorCodes.Forbidden, "The namespace of 'room' keeps no history.");
        }
        else if (!envelope.Id.IsEmpty)
        {
            // A payload in base64 is a third longer than its frame; text is as long.
            var page = await store.ReadAsync(room.Name, rules, envelope.Room.Since, envelope.Limit ?? DefaultLimit, maxBytes * 3 / 4).ConfigureAwait(false);
            connection.Send(Replies.Make((envelope.Id, room, page), static (buffer, state) => Write(buffer, state.Id.Span, state.room, state.page)));
        }
    }

    private static void Write(PooledBufferWriter buffer, ReadOnlySpan<byte> rawId, Room room, in HistoryPage page)
    {
        var ack = AckWriter.Begin(buffer, rawId);
        ack.Room(room.Name.Json.Span);
        ack.Range(page.Epoch, page.From, page.To);
        ack.BeginMessages();
        foreach (var frame in page.Frames)
        {
            if (frame.IsBinary)
            {
                BinaryMessage(ref ack, frame.Message.Span);
            }
            else
            {
                ack.Message(frame.Message.Span);
            }
        }

        ack.EndMessages();
        ack.More(page.HasMore);
        ack.End();
    }

    // 2 bytes of length, an envelope without a payload, the payload: JSON has it in base64.
    private static void BinaryMessage(ref AckWriter ack, ReadOnlySpan<byte> message)
    {
        var length = System.Buffers.Binary.BinaryPrimitives.ReadUInt16BigEndian(message);
        var envelope = message.Slice(sizeof(ushort), length);
        var payload = message[(sizeof(ushort) + length)..];
        ack.BinaryMessage(envelope[..^1], payload);
    }
}
