using WsCore.Presence;

namespace WsCore.Redis.Presence;

/// <content>What happens here while Redis cannot be asked. The members on this node are told of each other at once; the others of them, and they of the others, by the difference,
/// once Redis is back.</content>
internal sealed partial class PresenceView
{
    /// <returns>Members afterwards, as far as is known here.</returns>
    public int JoinHere(PresenceConnection who, ReadOnlySpan<byte> state)
    {
        int count;
        lock (_gate)
        {
            _state = ViewState.Stale;
            if (_locals.TryGetValue(who.Connection, out var local) && local.Ticket == who.Ticket) // else it has left meanwhile
            {
                local.IsJoining = false;
                JoinHere(who, local, state);
            }

            count = Math.Max(1, _members.Count);
        }

        Tell();
        return count;
    }

    public void LeaveHere(PresenceConnection who, TimeSpan grace)
    {
        lock (_gate)
        {
            _state = ViewState.Stale;
            var key = who.Key;
            if (_members.TryGetValue(key, out var member) && member.Connections.TryGetValue(who.Connection, out var ticket) && ticket <= who.Ticket)
            {
                Go(key, member, who.Connection, node);
                Changed();
                if (member.Connections.Count == 0 && grace > TimeSpan.Zero)
                {
                    member.Until = time.GetTimestamp() + (long)(grace.TotalSeconds * time.TimestampFrequency);
                }
                else if (member.Connections.Count == 0)
                {
                    Remove(key);
                    Note(PresenceChangeKind.Left, who, default, _members.Count);
                }
            }
        }

        Tell();
    }

    /// <summary>False: the connection is not there.</summary>
    public bool UpdateHere(PresenceConnection who, ReadOnlySpan<byte> state)
    {
        lock (_gate)
        {
            var key = who.Key;
            if (!_locals.ContainsKey(who.Connection) || !_members.TryGetValue(key, out var member))
            {
                return false;
            }

            _state = ViewState.Stale;
            ShowHere(member, who, state);
        }

        Tell();
        return true;
    }

    /// <summary>Those who were lost while Redis was away, and are not back in time, have left.</summary>
    public void ExpireHere()
    {
        lock (_gate)
        {
            if (_state != ViewState.Stale || _lostHere.Count == 0)
            {
                return;
            }

            var now = time.GetTimestamp();
            foreach (var key in _lostHere.Where(key => _members[key].Until is { } until && until <= now).ToArray())
            {
                var who = _members[key].Speaker(key);
                Remove(key);
                Changed();
                Note(PresenceChangeKind.Left, who, default, _members.Count);
            }
        }

        Tell();
    }

    private void JoinHere(PresenceConnection who, LocalMember local, ReadOnlySpan<byte> state)
    {
        var isNew = !_members.TryGetValue(local.Key, out var member);
        member ??= _members[local.Key] = new ViewMember { Since = time.GetUtcNow().ToUnixTimeMilliseconds() };
        Come(local.Key, member, who);
        Changed();
        if (isNew)
        {
            member.State = state.ToArray();
            member.IsStateUnwritten = !state.IsEmpty;
            Note(PresenceChangeKind.Joined, who, member.State, _members.Count);
            local.IsTold = true;
            return;
        }

        ShowHere(member, who, state);
        Arrive(who.Connection);
    }

    private void ShowHere(ViewMember member, PresenceConnection who, ReadOnlySpan<byte> state)
    {
        if (!state.IsEmpty && !state.SequenceEqual(member.State))
        {
            member.State = state.ToArray();
            member.IsStateUnwritten = true;
            Changed();
            Note(PresenceChangeKind.Updated, who, member.State, _members.Count);
        }
    }
}
