using WsCore.Backplane;
using WsCore.Conflation;
using WsCore.Connections;
using WsCore.Delivery;
using WsCore.History;
using WsCore.Namespaces;
using WsCore.Protocol;

namespace WsCore.Rooms;

/// <summary>One room: its members, and the one place where the order of its messages is made.</summary>
/// <remarks>
/// Everything changes under the gate, a short lock that only edits lists and enqueues to lanes; encoding happens before it, turns after it. Where an operation
/// gave the caller lanes to run, it runs them once the gate is left. A room that its last member left is retired for good; its name may get another room.
/// <para>
/// In a room with history the store gives the numbers, and the room is its sink: a message comes by <see cref="IHistorySink.Deliver"/> under the store's lock,
/// which is taken before the gate. So nothing here calls the store under the gate.
/// </para>
/// </remarks>
internal sealed partial class Room(RoomName name, NamespaceRules rules, Lanes lanes, IHistoryStore history, Action<Room> retired)
{
    private readonly Lock _gate = new();
    private Part?[] _parts = [];
    private Membership[] _members = [];
    private int _count;
    private long _version;
    private List<Member>? _listed; // of this version, or null
    private bool _retired;

    public RoomName Name { get; } = name;

    public NamespaceRules Rules { get; } = rules;

    /// <summary>Where only the newest message of a key leaves in each interval; set before the room can be found.</summary>
    public RoomConflation? Conflation { get; set; }

    /// <summary>The way to the room's members on other nodes.</summary>
    public required IBackplane Backplane { private get; init; }

    /// <summary>Connections in the room; a reading.</summary>
    public int Connections => Volatile.Read(ref _count);

    /// <summary>Nobody is in it, and nobody will be.</summary>
    public bool IsRetired => Volatile.Read(ref _retired);

    /// <summary>Puts a connection into the room; what is published from then on reaches it.</summary>
    /// <param name="connection">Joins.</param>
    /// <param name="now">Unix milliseconds.</param>
    /// <param name="missed">What it missed, in a room with history, where that could be read: it is replayed before anything new, once the caller starts the
    /// outcome's replay. A member that had been suspended is live again without it.</param>
    public Joined Join(Connection connection, long now, HistoryPage? missed = null)
    {
        var outbox = connection.Outbox;
        Joined joined;
        var owned = false;
        lock (_gate)
        {
            if (_retired)
            {
                return new Joined(JoinOutcome.RoomRetired);
            }

            if (connection.Rooms.Find(this) is { } member)
            {
                var recovered = Resume(member, missed, ref owned);
                joined = Outcome(JoinOutcome.AlreadyMember, recovered ? member.Replay : null, recovered, missed);
            }
            else if (Rules.MaxMembers > 0 && _count >= Rules.MaxMembers)
            {
                return new Joined(JoinOutcome.Full);
            }
            else
            {
                var part = PartFor(outbox.Lane);
                var membership = new Membership(this, connection, part, now);
                if (!connection.Rooms.TryAdd(membership))
                {
                    RetireIfEmpty();
                    joined = new Joined(JoinOutcome.ConnectionOver);
                }
                else
                {
                    Add(membership);
                    part.Expected++;
                    owned |= outbox.Lane.Enqueue(LaneItem.Enter(membership));
                    var recovered = Replay(membership, missed, ref owned);
                    joined = Outcome(JoinOutcome.Joined, membership.Replay, recovered, missed);
                }
            }
        }

        if (owned)
        {
            outbox.Lane.Run();
        }

        Close();
        return joined;
    }

    /// <summary>Lets a room go that nobody could be let into.</summary>
    private void Abandon()
    {
        lock (_gate)
        {
            if (!_retired)
            {
                RetireIfEmpty();
            }
        }

        Close();
    }

    /// <summary>Takes a membership out. False: it had left before.</summary>
    /// <param name="membership">Leaves.</param>
    /// <param name="farewell">The last that its connection hears of the room, before any answer to joining again.</param>
    /// <param name="lost">It ends with its connection, not because somebody wants it to.</param>
    public bool Leave(Membership membership, Frame? farewell = null, bool lost = false)
    {
        bool owned;
        lock (_gate)
        {
            if (membership.RoomIndex < 0)
            {
                return false;
            }

            Remove(membership);
            membership.IsLost = lost;
            membership.Connection.Rooms.Remove(membership);
            membership.Part.Expected--;
            owned = EndReplay(membership) | membership.Part.Lane.Enqueue(LaneItem.Exit(membership)) | Deafen(membership);
            if (farewell is not null)
            {
                owned |= membership.Part.Lane.Enqueue(LaneItem.Send(membership.Outbox, farewell));
            }

            RetireIfEmpty();
        }

        if (owned)
        {
            membership.Part.Lane.Run();
        }

        Close();
        Left?.Invoke(membership, lost);
        return true;
    }

    /// <summary>Gives a message without a number its place in the room's order, hands it to the lanes of the members, and then to the other nodes.</summary>
    /// <param name="frame">The message.</param>
    /// <param name="except">The connection that does not get it.</param>
    /// <param name="reply">The publisher's answer and where it goes; it takes its place here too.</param>
    public void Publish(Frame frame, Connection? except, (Connection To, Frame Frame)? reply)
    {
        ulong owned;
        lock (_gate)
        {
            owned = Enqueue(frame, except?.Outbox, reply);
        }

        lanes.Run(owned);
        PublishElsewhere(frame);
    }

    /// <summary>Who is in the room on this node, user by user, in the order of <see cref="Member.Key"/>; made once for all who ask between two changes.</summary>
    public IReadOnlyList<Member> Members()
    {
        Membership[] snapshot;
        long version;
        lock (_gate)
        {
            if (_listed is not null)
            {
                return _listed;
            }

            version = _version;
            snapshot = _members.AsSpan(0, _count).ToArray();
        }

        var made = MemberList.Of(snapshot);
        lock (_gate)
        {
            _listed = _version == version ? made : _listed; // unless somebody came or went meanwhile
        }

        return made;
    }

    /// <summary>The memberships at this moment, in no order.</summary>
    public Membership[] Snapshot()
    {
        lock (_gate)
        {
            return _members.AsSpan(0, _count).ToArray();
        }
    }

    /// <summary>Hands a message to the lanes of the members; the caller, which may hold a lock of its own, runs those that it is given.</summary>
    public ulong Enqueue(Frame frame, Connection? except)
    {
        lock (_gate)
        {
            return Enqueue(frame, except?.Outbox, reply: null);
        }
    }

    private static ulong Enqueue(Part?[] parts, Frame frame, Outbox? except)
    {
        ulong owned = 0;
        foreach (var part in parts)
        {
            if (part is not null && part.Expected > 0 && part.Lane.Enqueue(LaneItem.Deliver(part, frame, except)))
            {
                owned |= 1UL << part.Lane.Index;
            }
        }

        return owned;
    }

    private ulong Enqueue(Frame frame, Outbox? except, (Connection To, Frame Frame)? reply)
    {
        var owned = Enqueue(_parts, frame, except);
        if (reply is { } answer && answer.To.Outbox.Lane.Enqueue(LaneItem.Send(answer.To.Outbox, answer.Frame)))
        {
            owned |= 1UL << answer.To.Outbox.Lane.Index;
        }

        return owned;
    }

    // The store may be ahead of what has come here; whoever is recovered hears of no position before its own.
    private Joined Outcome(JoinOutcome outcome, Replay? replay, bool recovered, HistoryPage? missed) =>
        new(outcome, Rules.History is null ? null : new Position(_epoch, recovered && missed is { } page ? Math.Max(_last, page.Last) : _last), replay, recovered);

    private Part PartFor(Lane lane) => PartFor(ref _parts, lane);

    private static Part PartFor(ref Part?[] parts, Lane lane)
    {
        if (parts.Length <= lane.Index)
        {
            Array.Resize(ref parts, lane.Index + 1);
        }

        return parts[lane.Index] ??= new Part(lane);
    }

    private void Add(Membership membership)
    {
        if (_count == _members.Length)
        {
            Array.Resize(ref _members, _count == 0 ? 2 : _count * 2);
        }

        Changed();
        membership.RoomIndex = _count;
        _members[_count++] = membership;
    }

    private void Remove(Membership membership)
    {
        Changed();
        var last = _members[--_count];
        _members[membership.RoomIndex] = last;
        last.RoomIndex = membership.RoomIndex;
        _members[_count] = null!;
        membership.RoomIndex = -1;
        if (_count < _members.Length / 4)
        {
            Array.Resize(ref _members, _members.Length / 2);
        }
    }

    private void Changed()
    {
        _version++;
        _listed = null;
    }

    private void RetireIfEmpty()
    {
        if (_count == 0)
        {
            _retired = true;
            retired(this);
        }
    }
}
