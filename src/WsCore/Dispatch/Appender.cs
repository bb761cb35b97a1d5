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
    /// <param name="name">The room.</param>
    /// <param name="rules">What it keeps.</param>
    /// <param name="draft">The message.</param>
    /// <param name="once">See <see cref="IHistoryStore.AppendAllAsync"/>; null for none.</param>
    /// <returns>The message's position.</returns>
    /// <exception cref="Backplane.UnavailableException">It may have its place all the same, unless the claim was lost.</exception>
    public async ValueTask<Position> AppendAsync(RoomName name, HistoryRules rules, MessageDraft draft, OnceCommit? once = null)
    {
        if (once is not null)
        {
            return (await AppendAllAsync([new Append(name, rules, draft)], once).ConfigureAwait(false))[0];
        }

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

        Answer(draft);
        return position;
    }

    /// <summary>The same with several messages: all get their places, or none does.</summary>
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
            positions = await history.AppendAllAsync(all, once).ConfigureAwait(false);
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
