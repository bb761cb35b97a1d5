using WsCore.Presence;

namespace WsCore.Redis.Presence;

/// <content>How a view gets even with Redis after something was missed, or could not be said.</content>
internal sealed partial class PresenceView
{
    // Until then the other nodes may not have said yet who is there. A time stamp; of the life that Redis has now.
    private long _patience;
    private long _lifeThere = -1;
    private bool _repairing;
    private bool _wasReaped;
    private long _earlySeen;
    private long _suspected;

    /// <summary>How long members of other nodes stay listed here after Redis has lost them, for their nodes to say that they are there.</summary>
    public static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>What is known here may not be what Redis has.</summary>
    public void MarkStale()
    {
        lock (_gate)
        {
            Spoil();
        }
    }

    /// <summary>Once a second: a change that has waited that long for those before it waits in vain.</summary>
    public void Tick()
    {
        ExpireHere();
        lock (_gate)
        {
            var first = _state == ViewState.Synced && _early.Count > 0 ? _early.Keys.First() : 0;
            if (first > 0 && first == _earlySeen)
            {
                Spoil();
            }

            _earlySeen = first;
            if (_suspected > _version)
            {
                Spoil();
            }

            _suspected = 0;
        }
    }

    /// <summary>Redis was seen to stand there. Where that is ahead, the changes between are on their way, or lost: that shows by the next tick, unless something is known to have been lost.</summary>
    public void Suspect(long version, long life, bool atOnce)
    {
        lock (_gate)
        {
            if (_state == ViewState.Synced && (life != _life || (atOnce && version > _version)))
            {
                Spoil();
            }

            _suspected = version;
        }
    }

    /// <summary>Redis has lost the room, and other nodes may be about to say who is there.</summary>
    public bool IsPatient
    {
        get
        {
            lock (_gate)
            {
                return time.GetTimestamp() < _patience;
            }
        }
    }

    /// <summary>The first that reads the room has failed.</summary>
    public void GiveUpLoad()
    {
        lock (_gate)
        {
            _state = _state == ViewState.Loading ? ViewState.Stale : _state;
        }
    }

    /// <summary>Another node has taken members of this one out since the last call: this node is to say first that it lives.</summary>
    public bool WasReaped()
    {
        lock (_gate)
        {
            var was = _wasReaped;
            _wasReaped = false;
            return was;
        }
    }

    /// <summary>True: the caller repairs, and ends it with <see cref="EndRepair"/>.</summary>
    public bool TryBeginRepair()
    {
        lock (_gate)
        {
            if (_repairing || _retired || _state != ViewState.Stale)
            {
                return false;
            }

            _repairing = true;
            _busy++;
            return true;
        }
    }

    public void EndRepair()
    {
        lock (_gate)
        {
            _repairing = false;
        }

        Exit();
    }

    /// <summary>What Redis does not know, or knows wrongly, of this node.</summary>
    public RepairPlan Compare(RoomSnapshot there)
    {
        lock (_gate)
        {
            return Plan(there);
        }
    }

    /// <summary>Makes the view what Redis has, and tells the difference.</summary>
    /// <returns>False: not yet. Redis has lost the room, and other nodes may be about to say who is there; or somebody has come or gone here since it was read.</returns>
    public bool Settle(RoomSnapshot there)
    {
        lock (_gate)
        {
            if (_state != ViewState.Stale || IsTooEarly(there) || !Plan(there).IsEmpty)
            {
                return false;
            }

            var before = _members;
            Take(there);
            TellDifference(before);
            Drain();
        }

        Tell();
        return true;
    }

    private bool IsTooEarly(RoomSnapshot there)
    {
        var now = time.GetTimestamp();
        if (_life == 0 || there.Life == _life || _members.Keys.All(there.Members.ContainsKey))
        {
            return false; // nothing of an unbroken life is missing; or nobody would be told to have left
        }

        if (_lifeThere != there.Life)
        {
            (_lifeThere, _patience) = (there.Life, now + (long)(Patience.TotalSeconds * time.TimestampFrequency));
        }

        return now < _patience;
    }

    private RepairPlan Plan(RoomSnapshot there)
    {
        var plan = new RepairPlan([], [], []);
        foreach (var (id, local) in _locals)
        {
            if (!local.IsJoining && (!there.Members.TryGetValue(local.Key, out var listed) || !listed.Connections.TryGetValue(id, out var ticket) || ticket < local.Ticket))
            {
                var known = _members.GetValueOrDefault(local.Key);
                var (state, since) = known is null ? local.TakenOut ?? ([], 0) : (known.State, known.Since);
                plan.Joins.Add((new PresenceConnection(id, ChangeCodec.UserOf(local.Key), local.Ticket), state, since));
            }
        }

        foreach (var (id, (itsNode, key)) in there.Connections)
        {
            if (itsNode == node && !_locals.ContainsKey(id) && !_leaving.Contains(id))
            {
                var isLost = _members.TryGetValue(key, out var known) && known.Connections.Count == 0;
                plan.Leaves.Add((new PresenceConnection(id, ChangeCodec.UserOf(key), there.Members[key].Connections[id]), isLost));
            }
        }

        foreach (var (key, member) in _members)
        {
            if (member.IsStateUnwritten && there.Members.TryGetValue(key, out var listed) && !listed.State.AsSpan().SequenceEqual(member.State)
                && listed.Connections.Keys.FirstOrDefault(_locals.ContainsKey) is { } speaker)
            {
                plan.States.Add((new PresenceConnection(speaker, ChangeCodec.UserOf(key), listed.Connections[speaker]), member.State));
            }
        }

        return plan;
    }

    // The members are those of Redis by now; the counts lead from what was told to them.
    private void TellDifference(Dictionary<string, ViewMember> before)
    {
        var count = before.Count;
        foreach (var (key, member) in before)
        {
            if (!_members.ContainsKey(key))
            {
                Note(PresenceChangeKind.Left, member.Speaker(key), default, --count);
            }
        }

        foreach (var (key, member) in _members)
        {
            var who = member.Speaker(key);
            if (!before.TryGetValue(key, out var known))
            {
                Note(PresenceChangeKind.Joined, who, member.State, ++count);
                Told(who);
            }
            else if (!known.State.AsSpan().SequenceEqual(member.State))
            {
                Note(PresenceChangeKind.Updated, who, member.State, count);
            }
        }

        foreach (var connection in _locals.Keys)
        {
            Arrive(connection);
        }
    }
}
