using System.Collections.Concurrent;
using WsCore.Heartbeat;
using WsCore.Rooms;

namespace WsCore.Presence;

/// <summary>Presence of one node alone.</summary>
/// <remarks>
/// Thread-safe. Bounded by what the connections may do: a member for each membership of a connection (at most <c>Limits:MaxRoomsPerConnection</c> each), and
/// those that were lost within the last <see cref="PresenceOptions.Grace"/>. A room without members is forgotten.
/// </remarks>
/// <param name="sink">Hears of changes.</param>
/// <param name="options">The grace.</param>
/// <param name="time">For <see cref="Member.Since"/> and the grace.</param>
/// <param name="isConnected">Whether a user has a connection.</param>
internal sealed class MemoryPresenceStore(IPresenceSink sink, PresenceOptions options, TimeProvider time, Func<string, bool> isConnected) : IPresenceStore, ITicked
{
    private readonly ConcurrentDictionary<RoomName, PresenceRoom> _rooms = [];
    private readonly TimeSpan _grace = options.Grace;
    private readonly long _origin = time.GetTimestamp();

    // The grace is the same for all, so the order of the losses is that of their ends: a tick looks at what is due only. Two threads may enter theirs the
    // wrong way round, which delays one by what lies between.
    private readonly ConcurrentQueue<Loss> _lost = new();

    /// <summary>Rooms with members.</summary>
    public int Rooms => _rooms.Count;

    public long Members => _rooms.Sum(pair => (long)pair.Value.Count);

    /// <summary>Losses whose grace is not over, or is not looked at yet.</summary>
    public int Lost => _lost.Count;

    public ValueTask<int> JoinAsync(RoomName room, PresenceConnection who, ReadOnlyMemory<byte> state)
    {
        while (true)
        {
            var record = _rooms.GetOrAdd(room, static (name, store) => new PresenceRoom(new UntoldChanges(name, store.Sink), store.Forget), this);
            if (record.Join(who, state.Span, time.GetUtcNow()) is var count and >= 0)
            {
                return new ValueTask<int>(count);
            }
        }
    }

    public ValueTask LeaveAsync(RoomName room, PresenceConnection who, bool lost)
    {
        if (_rooms.TryGetValue(room, out var record))
        {
            record.Leave(who, keep: lost && _grace > TimeSpan.Zero, out var member);
            if (member is not null)
            {
                _lost.Enqueue(new Loss(record, member, member.Losses, time.GetElapsedTime(_origin) + _grace));
            }
        }

        return default;
    }

    public ValueTask<bool> UpdateAsync(RoomName room, PresenceConnection who, ReadOnlyMemory<byte> state) =>
        new(_rooms.TryGetValue(room, out var record) && record.Update(who, state.Span));

    public void Connected(string user, bool here)
    {
        // the rooms say it
    }

    public ValueTask<IReadOnlyList<Member>> MembersAsync(RoomName room) =>
        new(_rooms.TryGetValue(room, out var record) ? record.Members() : []);

    public ValueTask<IReadOnlyList<string>> OnlineAsync(IEnumerable<string> users) =>
        new([.. users.Distinct(StringComparer.Ordinal).Where(isConnected)]);

    /// <summary>Those who were lost, and are not back in time, have left. About a second late at most.</summary>
    public void Tick()
    {
        var now = time.GetElapsedTime(_origin);
        while (_lost.TryPeek(out var first) && first.Due <= now && _lost.TryDequeue(out var due))
        {
            due.Room.Expire(due.Member, due.Number);
        }
    }

    private IPresenceSink Sink => sink;

    // Called under the room's lock; removes this very one, not another that has its name by now.
    private void Forget(PresenceRoom room) => _rooms.TryRemove(new KeyValuePair<RoomName, PresenceRoom>(room.Name, room));

    private readonly record struct Loss(PresenceRoom Room, PresenceMember Member, int Number, TimeSpan Due);
}
