using WsCore.Delivery;
using WsCore.History;
using WsCore.Hosting;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Dispatch;

/// <summary>Publishes to rooms that keep history, whether or not anybody is there.</summary>
/// <remarks>Thread-safe.</remarks>
internal sealed class Appender(RoomManager rooms, Lanes lanes, NodeStores stores, TimeProvider time)
{
    /// <summary>The <c>time</c> of a message made now, Unix milliseconds.</summary>
    public long Now => time.GetUtcNow().ToUnixTimeMilliseconds();

    /// <summary>Whether a message that is in no history can be published now: else it is refused before anything is delivered.</summary>
    public bool OthersTakeMore => stores.Backplane.HasRoom;

    /// <summary>Gives a message its place, delivers it and answers its sender. Not under a lock, nor in a turn.</summary>
    /// <returns>The message's position.</returns>
    /// <exception cref="Backplane.UnavailableException">It may have its place all the same.</exception>
    public async ValueTask<Position> AppendAsync(RoomName name, HistoryRules rules, MessageDraft draft)
    {
        draft.Prepare(rooms.Find(name)?.Position);
        Position position;
        try
        {
            position = await stores.History.AppendAsync(name, rules, draft).ConfigureAwait(false);
        }
        finally
        {
            lanes.Run(draft.Owned);
        }

        Answer(draft);
        return position;
    }

    /// <summary>The same with several messages, or with a request's <c>once</c>: all get their places, or none does.</summary>
    /// <returns>Their positions, in the same order.</returns>
    /// <exception cref="Backplane.UnavailableException">All may have their places all the same, unless the claim was lost.</exception>
    public async ValueTask<Position[]> AppendAllAsync(Append[] all, OnceCommit? once)
    {
        foreach (var (name, _, draft) in all)
        {
            ((MessageDraft)draft).Prepare(rooms.Find(name)?.Position);
        }

        Position[] positions;
        try
        {
            positions = await stores.History.AppendAllAsync(all, once).ConfigureAwait(false);
        }
        finally
        {
            lanes.Run(all.Aggregate(0UL, static (owned, append) => owned | append.Draft.Owned));
        }

        foreach (var (_, _, draft) in all)
        {
            Answer(draft);
        }

        return positions;
    }

    // Where nobody is in the room nobody has sent it.
    private static void Answer(Draft draft)
    {
        if (draft.TakeReply() is { } reply)
        {
            draft.Publisher!.Send(reply.Frame);
        }
    }
}
