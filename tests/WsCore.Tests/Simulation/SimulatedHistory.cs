using System.Text;
using WsCore.Heartbeat;
using WsCore.History;
using WsCore.Protocol;
using WsCore.Rooms;

namespace WsCore.Tests.Simulation;

/// <summary>The store in memory, which may answer later, and whose every answer the oracle hears and checks.</summary>
internal sealed class SimulatedHistory(MemoryHistoryStore inner, World world) : IHistoryStore, ITicked
{
    public MemoryHistoryStore Inner { get; } = inner;

    public async ValueTask<Position> AttachAsync(RoomName room, HistoryRules rules, IHistorySink sink)
    {
        await world.PauseAsync().ConfigureAwait(false);
        var position = await Inner.AttachAsync(room, rules, sink).ConfigureAwait(false);
        world.Oracle.Kept(Text(room), rules).Attached(position);
        await world.PauseAsync().ConfigureAwait(false);
        return position;
    }

    public void Detach(RoomName room, IHistorySink sink)
    {
        Inner.Detach(room, sink);
        world.Oracle.Kept(Text(room))?.Detached();
    }

    public async ValueTask<Position> AppendAsync(RoomName room, HistoryRules rules, Draft draft)
    {
        await world.PauseAsync().ConfigureAwait(false);
        return await AppendNowAsync(room, rules, draft).ConfigureAwait(false);
    }

    // All in one moment, as every store does it.
    public async ValueTask<Position[]> AppendAllAsync(IReadOnlyList<Append> all, OnceCommit? once)
    {
        await world.PauseAsync().ConfigureAwait(false);
                var positions = new Position[all.Count];
        for (var i = 0; i < positions.Length; i++)
        {
            positions[i] = await AppendNowAsync(all[i].Room, all[i].Rules, all[i].Draft).ConfigureAwait(false);
        }

        return positions;
    }

    private async ValueTask<Position> AppendNowAsync(RoomName room, HistoryRules rules, Draft draft)
    {
        var position = await Inner.AppendAsync(room, rules, draft).ConfigureAwait(false);
        var read = await Inner.ReadAsync(room, rules, position with { Seq = position.Seq - 1 }, 1, int.MaxValue).ConfigureAwait(false);
        world.Oracle.Appended(Text(room), rules, position, read.Frames[0], draft.Publisher?.Id);
        world.Trace.Add("appended", draft.Publisher?.Id ?? "-", Text(room), position.Seq);
        return position;
    }

    public async ValueTask<HistoryPage> ReadAsync(RoomName room, HistoryRules rules, Position? since, int maxMessages, int maxBytes)
    {
        await world.PauseAsync().ConfigureAwait(false);
        var page = await Inner.ReadAsync(room, rules, since, maxMessages, maxBytes).ConfigureAwait(false);
        world.Oracle.Kept(Text(room), rules).Read(page, since);
        world.Count("pages read");
        await world.PauseAsync().ConfigureAwait(false);
        return page;
    }

    public void Tick() => Inner.Tick();

    private static string Text(RoomName room) => Encoding.UTF8.GetString(room.Utf8.Span);
}
