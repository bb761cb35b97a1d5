using WsCore.Presence;
using WsCore.Redis.Link;
using WsCore.Rooms;

namespace WsCore.Redis.Presence;

/// <summary>Who is in one room, as the members on this node have been told.</summary>
/// <remarks>
/// Thread-safe: one short lock, under which nothing is called. There is a view while the room has members here, or has lost one whose grace is not over. It changes in
/// three ways, and each change is told to the sink once, by one thread at a time and without the lock:
/// <list type="bullet">
/// <item>by the changes of the room, in the order of their versions, whichever is first, the channel or the answer to a script of this node; one that is early waits for those before it;</item>
/// <item>by what happens here while Redis cannot be asked (<see cref="LeaveHere"/> and the like);</item>
/// <item>by the difference to what Redis has, after something was missed or could not be said (<see cref="Settle"/>).</item>
/// </list>
/// Bounded by the room's members; changes that wait are at most <see cref="MaxEarly"/>, over which the room is read anew.
/// </remarks>
internal sealed partial class PresenceView(UntoldChanges untold, Topic topic, string node, TimeProvider time, Action<PresenceView> retired)
{
    private const int MaxEarly = 1024;

    private readonly Lock _gate = untold.Gate;
    private readonly Dictionary<string, LocalMember> _locals = new(StringComparer.Ordinal);
    private readonly HashSet<string> _leaving = new(StringComparer.Ordinal);
    private readonly HashSet<string> _lostHere = new(StringComparer.Ordinal);
    private readonly SortedDictionary<long, RoomChange> _early = [];
    private readonly List<(long Version, TaskCompletionSource Reached)> _waiting = [];
    private Dictionary<string, ViewMember> _members = new(StringComparer.Ordinal);
    private IReadOnlyList<Member>? _listed; // since the last change, or null
    private long _changes;
    private long _version;
    private long _life;
    private ViewState _state;
    private int _busy;
    private bool _retired;

    public RoomName Room => untold.Room;

    public Topic Topic { get; } = topic;

    public ViewState State
    {
        get
        {
            lock (_gate)
            {
                return _state;
            }
        }
    }

    /// <summary>Members now, as far as is known here.</summary>
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

    /// <summary>Those who wait in <see cref="WhenReached"/>; a reading.</summary>
    public int Waiting
    {
        get
        {
            lock (_gate)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>Version and life, where the view is what Redis had; else zeros.</summary>
    public (long Version, long Life) Position
    {
        get
        {
            lock (_gate)
            {
                return _state == ViewState.Synced ? (_version, _life) : default;
            }
        }
    }

    /// <summary>Keeps the view until <see cref="Exit"/>. False: it is retired, and another is to be asked.</summary>
    public bool TryEnter()
    {
        lock (_gate)
        {
            _busy += _retired ? 0 : 1;
            return !_retired;
        }
    }

    public void Exit()
    {
        lock (_gate)
        {
            _busy--;
        }

        RetireIfLast();
    }

    /// <summary>A connection of this node is in the room from now on. False: a later membership of it is there already.</summary>
    public bool Register(PresenceConnection who)
    {
        lock (_gate)
        {
            if (_locals.TryGetValue(who.Connection, out var known) && known.Ticket >= who.Ticket)
            {
                return known.Ticket == who.Ticket;
            }

            _locals[who.Connection] = new LocalMember(who.Ticket, who.Key);
            return true;
        }
    }

    /// <summary>A connection of this node is not in the room any more, and that is being said to Redis until <see cref="EndLeave"/>.</summary>
    public void Unregister(PresenceConnection who)
    {
        lock (_gate)
        {
            if (_locals.TryGetValue(who.Connection, out var known) && known.Ticket <= who.Ticket)
            {
                _locals.Remove(who.Connection);
            }

            _leaving.Add(who.Connection);
        }
    }

    public void EndLeave(PresenceConnection who)
    {
        lock (_gate)
        {
            _leaving.Remove(who.Connection);
        }
    }

    /// <summary>Whether a membership of this node, or a later one of its connection, still stands.</summary>
    public bool Has(string connection, long ticket)
    {
        lock (_gate)
        {
            return _locals.TryGetValue(connection, out var known) && known.Ticket >= ticket;
        }
    }

    /// <summary>True for the one that is to read the room first.</summary>
    public bool TryBeginLoad()
    {
        lock (_gate)
        {
            if (_state != ViewState.Empty)
            {
                return false;
            }

            _state = ViewState.Loading;
            return true;
        }
    }

    /// <summary>What was read together with the first join. Whoever was there before is not told to anybody: nobody here listened.</summary>
    /// <param name="all">After the join.</param>
    /// <param name="own">The join; null where it changed nothing.</param>
    public void Load(RoomSnapshot all, RoomChange? own)
    {
        lock (_gate)
        {
            if (_state != ViewState.Loading)
            {
                return; // it was given up meanwhile
            }

            Take(all);
            if (own is { } change)
            {
                TellOf(change);
            }

            Drain();
        }

        Tell();
    }

    /// <summary>A change has come.</summary>
    /// <param name="change">Of this room.</param>
    /// <param name="inOrder">It comes from the channel, where nothing overtakes: what is missing before it is lost.</param>
    /// <returns>False: the view is to be repaired.</returns>
    public bool Receive(in RoomChange change, bool inOrder)
    {
        bool good;
        lock (_gate)
        {
            good = Take(change, inOrder);
        }

        Tell();
        return good;
    }

    /// <summary>Completes once the view is what Redis had at a version, or later. To be awaited with a limit, after which one is to <see cref="GiveUp"/>.</summary>
    public Task WhenReached(long version)
    {
        lock (_gate)
        {
            if (_state == ViewState.Synced && _version >= version)
            {
                return Task.CompletedTask;
            }

            var reached = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            _waiting.Add((version, reached));
            return reached.Task;
        }
    }

    /// <summary>Nobody waits for that any more.</summary>
    public void GiveUp(Task reached)
    {
        lock (_gate)
        {
            _waiting.RemoveAll(waiting => waiting.Reached.Task == reached);
        }
    }

    /// <summary>A connection that has joined hears the others from here on, whatever was lost. False: the view does not list it yet.</summary>
    public bool Confirm(PresenceConnection who)
    {
        lock (_gate)
        {
            if (!_locals.TryGetValue(who.Connection, out var local) || local.Ticket != who.Ticket)
            {
                return true; // it has left
            }

            local.IsJoining = false;
            if (!_members.TryGetValue(local.Key, out var member) || !member.Connections.ContainsKey(who.Connection))
            {
                return false;
            }

            Arrive(who.Connection);
        }

        Tell();
        return true;
    }

    /// <summary>Users first, then anonymous connections; made once for all who ask between two changes.</summary>
    public IReadOnlyList<Member> Members()
    {
        (string Key, Member Member)[] snapshot;
        long changes;
        lock (_gate)
        {
            if (_listed is not null)
            {
                return _listed;
            }

            changes = _changes;
            snapshot = [.. _members.Select(pair => (pair.Key, pair.Value.Show(pair.Key)))];
        }

        // Sorted outside: a large room is not held up by those who ask.
        Member[] made = [.. snapshot.OrderBy(entry => entry.Key, StringComparer.Ordinal).Select(entry => entry.Member)];
        lock (_gate)
        {
            _listed = _changes == changes ? made : _listed;
        }

        return made;
    }

    // All of the following under the gate.

    private bool Take(in RoomChange change, bool inOrder)
    {
        if (_state != ViewState.Synced)
        {
            Keep(change); // it may be later than what is read
            return true;
        }

        if (change.Version <= _version)
        {
            return true; // known, or of a life that is over
        }

        Keep(change);
        Drain();
        if (_state == ViewState.Synced && inOrder && change.Version > _version)
        {
            Spoil();
        }

        return _state == ViewState.Synced;
    }

    private void Keep(in RoomChange change)
    {
        if (_early.Count >= MaxEarly)
        {
            _early.Clear(); // the gap will be noticed
        }

        _early[change.Version] = change;
    }

    private void Drain()
    {
        while (_state == ViewState.Synced && _early.Count > 0)
        {
            var (version, change) = _early.First();
            if (version > _version + 1 && change.Life == _life)
            {
                return;
            }

            _early.Remove(version);
            if (version > _version && change.Life != _life)
            {
                Spoil();
                return;
            }

            if (version > _version)
            {
                Apply(change);
            }
        }
    }

    private void Apply(in RoomChange change)
    {
        _version = change.Version;
        var key = change.Who.Key;
        var kinds = change.Kinds;
        if (kinds.HasFlag(ChangeKinds.MemberCame))
        {
            _members[key] = new ViewMember { Since = change.Since };
        }

        if (!_members.TryGetValue(key, out var member))
        {
            Spoil(); // it cannot be; Redis knows better
            return;
        }

        if (kinds.HasFlag(ChangeKinds.ConnectionCame))
        {
            Come(key, member, change.Who);
        }

        if ((kinds & (ChangeKinds.MemberCame | ChangeKinds.StateChanged)) != 0)
        {
            member.State = change.State.ToArray();
        }

        if (kinds.HasFlag(ChangeKinds.ConnectionWent))
        {
            if (change.Node != node && _locals.TryGetValue(change.Who.Connection, out var local) && local.Ticket <= change.Who.Ticket)
            {
                local.TakenOut = (member.State, member.Since); // this node is taken for dead
                _wasReaped = true;
            }

            Go(key, member, change.Who.Connection, change.Node);
        }

        if (kinds.HasFlag(ChangeKinds.MemberWent))
        {
            Remove(key);
        }

        Changed();
        TellOf(change);
        if (_members.Count != change.Count || _wasReaped)
        {
            Spoil();
        }

        Reached();
    }

    private void Come(string key, ViewMember member, PresenceConnection who)
    {
        member.Connections[who.Connection] = who.Ticket;
        member.Until = null;
        _lostHere.Remove(key);
    }

    private void Go(string key, ViewMember member, string connection, string itsNode)
    {
        member.Connections.Remove(connection);
        if (member.Connections.Count == 0)
        {
            (member.Lost, member.LostNode) = (connection, itsNode);
            if (itsNode == node)
            {
                _lostHere.Add(key);
            }
        }
    }

    private void Remove(string key)
    {
        _members.Remove(key);
        _lostHere.Remove(key);
    }

    private void Take(RoomSnapshot all)
    {
        _members = all.Members;
        (_version, _life) = (all.Version, all.Life);
        _lostHere.Clear();
        foreach (var (key, member) in _members)
        {
            if (member.Connections.Count == 0 && member.LostNode == node)
            {
                _lostHere.Add(key);
            }
        }

        _state = ViewState.Synced;
        Changed();
        Reached();
    }

    private void Reached()
    {
        for (var i = _waiting.Count - 1; i >= 0; i--)
        {
            if (_state == ViewState.Synced && _waiting[i].Version <= _version)
            {
                _waiting[i].Reached.TrySetResult();
                _waiting.RemoveAt(i);
            }
        }
    }

    private void Spoil()
    {
        if (_state == ViewState.Synced)
        {
            _state = ViewState.Stale;
        }
    }

    private void Changed()
    {
        _changes++;
        _listed = null;
    }

    // Not under the gate.
    private void RetireIfLast()
    {
        lock (_gate)
        {
            if (_retired || _busy > 0 || !untold.IsIdle || _locals.Count > 0 || _lostHere.Count > 0)
            {
                return;
            }

            _retired = true;
        }

        retired(this);
    }
}
