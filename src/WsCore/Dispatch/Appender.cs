using WsCore.Delivery;
using WsCore.History;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Publishes to rooms that keep history, whether or not anybody is there.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Appender(RoomManager rooms, Lanes lanes, IHistoryStore history, TimeProvider time)
{
    /// <summary>The <c>time</c> of a message made now, Unix milliseconds.</summary>
    public long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Gives a message its place, delivers it and answers its sender. Not under a lock, nor in a turn.</summary>
    /// <returns>The message's position.</returns>
    public async ValueTask<Position> AppendAsync(RoomName name, HistoryRules rules, MessageDraft draft)
    {
        draft.Prepare(rooms.Find(name)?.Position);
        Position position;
        try
        {
            position = await history.AppendAsync(name, rules, draft).ConfigureAwait(false);
        }
        finally
        {
            lanes.Run(draft.Owned);
        }

        if (draft.TakeReply() is { } reply)
        {
            draft.Publisher!.Send(reply.Frame); // nobody is in the room, so nobody has sent it
        }

        return position;
    }
}
