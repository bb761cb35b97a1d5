using WsCore.Rooms;

namespace WsCore.Presence;

/// <summary>Who is in one room, in memory.</summary>
/// <remarks>
/// Thread-safe: one short lock, under which nothing is called but <paramref name="retired"/>. The room is retired with its last member, once that is told, so that a room of the same name
/// cannot overtake it.
/// </remarks>
/// <param name="untold">Of the room.</param>
/// <param name="retired">It is to be forgotten; called under the lock.</param>
internal sealed class PresenceRoom(UntoldChanges untold, Action<PresenceRoom> retired)
{
    private readonly Lock _gate = untold.Gate;
    private readonly Dictionary<string, PresenceMember> _members = new(StringComparer.Ordinal);
    private IReadOnlyList<Member>? _listed; // since the last change, or null
    private long _version;
    private bool _retired;

    public RoomName Name => untold.Room;

    /// <returns>Members afterwards; -1 where the room is retired and another is to be asked.</returns>
    public int Join(PresenceConnection who, ReadOnlySpan<byte> state, DateTimeOffset now)
    {
        int count;
        lock (_gate)
        {
            if (_retired)
            {
                return -1;
            }

            if (!_members.TryGetValue(who.Key, out var member))
            {
                member = new PresenceMember(who, now) { State = state.ToArray() };
                _members.Add(who.Key, member);
                Note(PresenceChangeKind.Joined, who, member.State);
            }
            else if (Enter(member, who, out var arrived))
            {
                Show(member, who, state);
                if (arrived)
                {
                    Note(PresenceChangeKind.Arrived, who, member.State);
                }
            }

            count = _members.Count;
        }

        Tell();
        return count;
    }

    /// <param name="who">Leaves.</param>
    /// <param name="keep">Its member stays listed with the last connection gone.</param>
    /// <param name="lost">The member, where <paramref name="keep"/> is so and that was its last connection.</param>
    public void Leave(PresenceConnection who, bool keep, out PresenceMember? lost)
    {
        lost = null;
        lock (_gate)
        {
            if (!_members.TryGetValue(who.Key, out var member) || !member.Connections.TryGetValue(who.Connection, out var ticket) || ticket > who.Ticket)
            {
                return;
            }

            member.Connections.Remove(who.Connection);
            Changed();
            if (member.Connections.Count > 0)
            {
                return;
            }

            if (keep)
            {
                member.Lose(who);
                lost = member;
                return;
            }

            Remove(who);
        }

        Tell();
    }

    /// <summary>The grace of a loss is over: the member has left, unless it is back or was lost anew.</summary>
    public void Expire(PresenceMember member, int loss)
    {
        lock (_gate)
        {
            if (member.Connections.Count > 0 || member.Losses != loss
                || !_members.TryGetValue(member.LostConnection.Key, out var present) || present != member)
            {
                return;
            }

            Remove(member.LostConnection);
        }

        Tell();
    }

    public bool Update(PresenceConnection who, ReadOnlySpan<byte> state)
    {
        lock (_gate)
        {
            if (!_members.TryGetValue(who.Key, out var member) || !member.Connections.ContainsKey(who.Connection))
            {
                return false;
            }

            Show(member, who, state);
        }

        Tell();
        return true;
    }

    /// <summary>Made once for all who ask between two changes.</summary>
    public IReadOnlyList<Member> Members()
    {
        (string Key, Member Member)[] snapshot;
        long version;
        lock (_gate)
        {
            if (_listed is not null)
            {
                return _listed;
            }

            version = _version;
            snapshot = [.. _members.Select(pair => (pair.Key, pair.Value.Show()))];
        }

        // Sorted outside: a large room is not held up by those who ask.
        Member[] made = [.. snapshot.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Member)];
        lock (_gate)
        {
            _listed = _version == version ? made : _listed;
        }

        return made;
    }

    private void Changed()
    {
        _version++;
        _listed = null;
    }

    /// <summary>Members now.</summary>
    public int Count
    {
        get
        {
            lock (_gate)
            {
                return _members.Count;
            }
        }
    }

    // False: a later membership of the connection is there already.
    private bool Enter(PresenceMember member, PresenceConnection who, out bool arrived)
    {
        arrived = !member.Connections.TryGetValue(who.Connection, out var ticket) || ticket < who.Ticket;
        if (arrived)
        {
            Changed();
            member.Connections[who.Connection] = who.Ticket;
        }

        return arrived || ticket == who.Ticket;
    }

    private void Show(PresenceMember member, PresenceConnection who, ReadOnlySpan<byte> state)
    {
        if (!state.IsEmpty && !state.SequenceEqual(member.State))
        {
            member.State = state.ToArray();
            Note(PresenceChangeKind.Updated, who, member.State);
        }
    }

    private void Remove(PresenceConnection last)
    {
        _members.Remove(last.Key);
        Note(PresenceChangeKind.Left, last, default);
    }

    private void Note(PresenceChangeKind kind, PresenceConnection who, ReadOnlyMemory<byte> state)
    {
        Changed();
        untold.Note(new PresenceChange(kind, who, state, _members.Count));
    }

    private void Tell()
    {
        untold.Tell();
        lock (_gate)
        {
            if (untold.IsIdle && _members.Count == 0 && !_retired)
            {
                _retired = true;
                retired(this);
            }
        }
    }
}
