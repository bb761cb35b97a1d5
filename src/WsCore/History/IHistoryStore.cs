using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.History;

/// <summary>Where messages of rooms with history get their place in the order and are kept.</summary>
/// <remarks>
/// Thread-safe. A room's numbers are dense and begin at 1; an epoch is one life of the counter, and when a room was forgotten its next life has another epoch.
/// Two positions of the same epoch can be compared, others cannot. A room that nobody ever published to has a position too: an epoch, and 0.
/// Where the store is not in this process, every task may fail with <see cref="Backplane.UnavailableException"/>; an append that did may have taken effect.
/// </remarks>
internal interface IHistoryStore
{
    /// <summary>From now on every message of the room is delivered to the sink, in the order of the numbers, each once, until it is detached. A room has one sink
    /// on a node; attaching it twice is harmless, another takes its place.</summary>
    /// <returns>The position before the first message that the sink gets.</returns>
    ValueTask<Position> AttachAsync(RoomName room, HistoryRules rules, IHistorySink sink);

    /// <summary>Ends that, if this is still the room's sink. Not to be called under a lock.</summary>
    void Detach(RoomName room, IHistorySink sink);

    /// <summary>Gives a message its number, keeps it, and delivers it to the sink, if there is one, before this completes.</summary>
    /// <remarks>Once it has completed or failed the draft is not looked at any more, nor handed to the sink: its memory is the request's, and nobody runs lanes that it would own.</remarks>
    /// <returns>The message's position.</returns>
    ValueTask<Position> AppendAsync(RoomName room, HistoryRules rules, Draft draft);

    /// <summary>Gives several messages their numbers, or one that carries a <c>once</c>: all of them or none, together with what is remembered of the request.</summary>
    /// <remarks>Else as <see cref="AppendAsync"/>.</remarks>
    /// <param name="all">The messages; each room once.</param>
    /// <param name="once">The request's claim, which the store completes in the same moment if it can (<see cref="OnceCommit.IsDone"/>); null: it has no <c>once</c>.</param>
    /// <returns>The messages' positions, in the same order.</returns>
    /// <exception cref="Backplane.UnavailableException">It is not known whether it took effect; or the claim is not held any more, and it did not.</exception>
    async ValueTask<Position[]> AppendAllAsync(IReadOnlyList<Append> all, OnceCommit? once)
    {
        var positions = new Position[all.Count];
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = await AppendAsync(all[i].Room, all[i].Rules, all[i].Draft).ConfigureAwait(false);
        }

        return positions;
    }

    /// <summary>The messages after a position, oldest first.</summary>
    /// <param name="room">The room.</param>
    /// <param name="rules">What it keeps.</param>
    /// <param name="since">Null: from the oldest that is kept.</param>
    /// <param name="maxMessages">How many at most; 1 or more.</param>
    /// <param name="maxBytes">Bytes of their frames at most; the first one is always there.</param>
    /// <remarks>What is read of a room with a sink has been delivered to it, or is about to be: a replay that is ahead of the sink asks again until it is not.</remarks>
    ValueTask<HistoryPage> ReadAsync(RoomName room, HistoryRules rules, Position? since, int maxMessages, int maxBytes);
}
