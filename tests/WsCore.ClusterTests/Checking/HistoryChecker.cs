namespace WsCore.ClusterTests.Checking;

/// <summary>
/// Checks what clients saw of a cluster against what docs/protocol.md promises. Pure: it is told each event as it happens, in the order in which each
/// client saw it, and keeps of them only what it needs.
/// </summary>
/// <remarks>
/// Safe from any thread; one lock. What it knows of rooms is put together from all clients: which message is at which position. Each member's way through
/// its room must be dense from where it began. A gap is judged at the end, when it is known what is missing: a number whose message is the client's own,
/// and whose answer came without a place, is none. New epochs need a reason, which whoever takes data away tells beforehand.
/// </remarks>
internal sealed partial class HistoryChecker
{
    private const int MostKept = 5;

    private readonly Lock _lock = new();
    private readonly TimeProvider _time;
    private readonly long _start;
    private readonly RoomRecord[] _rooms;
    private readonly Dictionary<string, RoomRecord> _byName;
    private readonly Dictionary<int, ClientRecord> _clients = [];
    private readonly List<Violation> _violations = [];
    private readonly SortedDictionary<ViolationKind, int> _counts = [];
    private int _losses;
    private bool _calm;

    public HistoryChecker(IEnumerable<RoomRules> rooms, TimeProvider time)
    {
        (_time, _start) = (time, time.GetTimestamp());
        _rooms = [.. rooms.Select((rules, index) => new RoomRecord(rules, index))];
        _byName = _rooms.ToDictionary(room => room.Rules.Name, StringComparer.Ordinal);
    }

    /// <summary>What happened, in numbers: to see that a run did something.</summary>
    public ChaosCounts Counts { get; } = new();

    /// <summary>So far: gaps and acks are judged by <see cref="Finish"/>.</summary>
    public int ViolationCount
    {
        get
        {
            lock (_lock)
            {
                return _counts.Values.Sum();
            }
        }
    }

    /// <summary>A client has a new connection; its memberships are gone, its positions are not.</summary>
    public void Connected(int client, string connection)
    {
        lock (_lock)
        {
            var record = Client(client);
            record.Connection = connection;
            Counts.Connections++;
            End(record, $"connected as {connection}");
        }
    }

    /// <summary>A client's connection ended.</summary>
    public void Closed(int client, int code)
    {
        lock (_lock)
        {
            End(Client(client), $"closed with {code}");
            if (code is not (1000 or 1001 or 1006 or 4100 or 4102 or 4103 or (>= 4200 and < 4300)))
            {
                Add(ViolationKind.Closed, $"client {client} was closed with {code}", "");
            }

            Counts.SlowReaders += code == 4100 ? 1 : 0;
        }
    }

    /// <summary>The answer to a join.</summary>
    /// <param name="client">Who joined.</param>
    /// <param name="room">Which.</param>
    /// <param name="since">The position that was given; none: the room begins for this client with the answer.</param>
    /// <param name="position">Of the answer.</param>
    /// <param name="recovered">Of the answer.</param>
    /// <param name="members">Of the answer: the connections that it lists, the client's own among them.</param>
    /// <param name="count">Of the answer: how many members there are; not given: as many as are listed.</param>
    public void Joined(
        int client, string room, RoomPosition? since, RoomPosition? position, bool? recovered, IReadOnlyCollection<string>? members = null, int? count = null)
    {
        lock (_lock)
        {
            var member = Member(client, room);
            var there = members is null ? "" : $", counts {count ?? members.Count}, lists {string.Join(' ', members)}";
            Note(member, $"joined since {since?.ToString() ?? "-"}, recovered {recovered?.ToString() ?? "-"}{there}", position);
            member.IsJoined = true;
            member.IsJoinedSinceCalm = false;
            member.Start = position;
            member.Last.Clear();
            StartMembers(member, members, count);
            Counts.Joins++;
            if (!member.Room.Rules.KeepsHistory)
            {
                member.Position = null;
            }
            else if (position is not { } at)
            {
                Add(ViolationKind.PositionMissing, member, client, "the join's answer has no position");
            }
            else
            {
                var epoch = Seen(member, client, at);
                member.Position = since is { } from && Judge(member, client, from, at, epoch, recovered) ? from : at;
                if (since is { } before && before.Epoch != member.Position.Value.Epoch)
                {
                    Leave(member, before.Epoch);
                }

                Arrive(member, client, member.Position.Value.Epoch);
            }
        }
    }

    /// <summary>A membership ended: the answer to a leave, or the server removed the client.</summary>
    public void Left(int client, string room)
    {
        lock (_lock)
        {
            var member = Member(client, room);
            member.IsJoined = member.IsJoinedSinceCalm = false;
            Note(member, "left");
        }
    }

    /// <summary>A client sends a message, for the first time or again. To be told before it leaves.</summary>
    public void Sent(int client, MessageId id)
    {
        lock (_lock)
        {
            var record = Client(client);
            record.Highest = Math.Max(record.Highest, id.Number);
            Counts.Sent++;
        }
    }

    /// <summary>A message came.</summary>
    public void Message(int client, string room, RoomPosition? position, MessageId id)
    {
        lock (_lock)
        {
            var member = Member(client, room);
            Note(member, null, position, id);
            Counts.Received++;
            if (id.Room != member.Room.Index || !member.IsJoined)
            {
                Add(ViolationKind.Misdelivered, member, client, $"{id}, sent to {Name(id.Room)}, came {(member.IsJoined ? "as one of this room" : "to somebody who is not in the room")}");
            }

            if (!_clients.TryGetValue(id.Client, out var sender) || id.Number > sender.Highest)
            {
                Add(ViolationKind.Phantom, member, client, $"{id} came, and was not sent");
            }

            if (!member.Room.Rules.KeepsHistory)
            {
                Plain(member, client, id);
            }
            else if (position is not { } at)
            {
                Add(ViolationKind.PositionMissing, member, client, $"{id} has no position");
            }
            else
            {
                Place(member, client, at, id, acked: false, seen: id.Client != client);
                Advance(member, client, at);
            }
        }
    }

    /// <summary>An ack of a client's own broadcast.</summary>
    public void Acked(int client, MessageId id, RoomPosition? position, bool duplicate)
    {
        lock (_lock)
        {
            var member = Member(client, Name(id.Room));
            Note(member, duplicate ? "ack, duplicate, of" : "ack of", position, id);
            Counts.Acks++;
            Counts.Duplicates += duplicate ? 1 : 0;
            if (!member.Room.Rules.KeepsHistory)
            {
                if (_calm && id.Number > Client(client).HighestBeforeCalm)
                {
                    member.Room.Calm.Add(id);
                }
            }
            else if (position is not { } at)
            {
                member.WithoutPlace.Add(id);
                if (!member.CatchesUp) // else its membership ends before it is there
                {
                    Add(ViolationKind.PositionMissing, member, client, $"the ack of {id} has no position");
                }
            }
            else
            {
                Place(member, client, at, id, acked: true, seen: false);
                if (duplicate)
                {
                    member.WithoutPlace.Add(id);
                }
                else if (member.IsJoined)
                {
                    Advance(member, client, at);
                }
            }
        }
    }

    /// <summary>A client's own broadcast was answered with an error.</summary>
    public void Refused(int client, MessageId id, string code)
    {
        lock (_lock)
        {
            var member = Member(client, Name(id.Room));
            Note(member, code, null, id);
            member.WithoutPlace.Add(id);
            Counts.Refusals++;
            if (code is not ("unavailable" or "rate_limited"))
            {
                Add(ViolationKind.Refused, member, client, $"{id} was answered with {code}");
            }
        }
    }

    /// <summary>Something that is no broadcast was answered with an error.</summary>
    public void Refused(int client, string room, string request, string code)
    {
        lock (_lock)
        {
            var member = Member(client, room);
            Note(member, $"{code} for {request}");
            Counts.Refusals++;
            if (code is not ("unavailable" or "rate_limited"))
            {
                Add(ViolationKind.Refused, member, client, $"{request} was answered with {code}");
            }
        }
    }

    /// <summary>Data is about to be lost: rooms may begin one new epoch for it, and acks of the one before are void. To be told before it happens.</summary>
    public void DataLoss()
    {
        lock (_lock)
        {
            _losses++;
            Counts.Losses++;
        }
    }

    /// <summary>From now on nothing is done to the cluster, and it has recovered: rooms without history lose nothing, nobody is announced twice.</summary>
    public void Calm()
    {
        lock (_lock)
        {
            _calm = true;
            foreach (var client in _clients.Values)
            {
                client.HighestBeforeCalm = client.Highest;
                foreach (var member in client.Rooms.Values)
                {
                    member.IsJoinedSinceCalm = member.IsJoined;
                }
            }
        }
    }

    /// <summary>Something that whoever runs the clients found.</summary>
    public void Report(ViolationKind kind, string text, string evidence = "")
    {
        lock (_lock)
        {
            Add(kind, text, evidence);
        }
    }

    /// <summary>Judges what could not be judged before.</summary>
    /// <returns>The first five violations of each kind in the order in which they were found, and then how many there are of those kinds that have more.</returns>
    public IReadOnlyList<Violation> Finish()
    {
        lock (_lock)
        {
            foreach (var (id, client) in _clients)
            {
                foreach (var member in client.Rooms.Values)
                {
                    member.Gaps.ForEach(gap => JudgeGap(member, id, gap));
                    JudgeCalm(member, id);
                }
            }

            foreach (var room in _rooms)
            {
                JudgeAcks(room);
            }

            return [.. _violations, .. _counts.Where(pair => pair.Value > MostKept).Select(pair => new Violation(pair.Key, $"{pair.Value} of this kind", ""))];
        }
    }

    private ClientRecord Client(int id)
    {
        if (!_clients.TryGetValue(id, out var client))
        {
            _clients.Add(id, client = new ClientRecord());
        }

        return client;
    }

    private MemberRecord Member(int client, string room)
    {
        var rooms = Client(client).Rooms;
        if (!rooms.TryGetValue(room, out var member))
        {
            rooms.Add(room, member = new MemberRecord(_byName[room]));
        }

        return member;
    }

    private string Name(int room) => room >= 0 && room < _rooms.Length ? _rooms[room].Rules.Name : $"room {room}";

    private void End(ClientRecord client, string why)
    {
        foreach (var member in client.Rooms.Values)
        {
            member.IsJoined = member.IsJoinedSinceCalm = false;
            Note(member, why);
        }
    }

    private void Note(MemberRecord member, string? text, RoomPosition? position = null, MessageId? id = null) =>
        member.Note(new MemberRecord.Line(_time.GetElapsedTime(_start), text, position, id));

    private void Add(ViolationKind kind, MemberRecord member, int client, string text) =>
        Add(kind, $"{member.Room.Rules.Name}, client {client}: {text}", member.Tail);

    private void Add(ViolationKind kind, string text, string evidence)
    {
        var count = _counts[kind] = _counts.GetValueOrDefault(kind) + 1;
        if (count <= MostKept)
        {
            _violations.Add(new Violation(kind, text, evidence));
        }
    }

    private sealed class ClientRecord
    {
        public string Connection { get; set; } = "";

        public int Highest { get; set; }

        public int HighestBeforeCalm { get; set; }

        public Dictionary<string, MemberRecord> Rooms { get; } = new(StringComparer.Ordinal);
    }
}
