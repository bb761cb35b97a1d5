using System.Globalization;
using WsCore.Protocol;

namespace WsCore.Tests.Simulation;

/// <summary>Somebody with a client that does what <c>docs/protocol.md</c> says a client may do: what it wants, and how it keeps its connection and its place in each room.</summary>
internal sealed partial class Client
{
    private readonly World _world;
    private readonly Random _random;
    private readonly Dictionary<string, ClientRoom> _rooms = [];
    private readonly Dictionary<string, Request> _pending = [];
    private readonly List<SentMessage> _unanswered = []; // with once: to be repeated until they are
    private readonly List<SentMessage> _answered = []; // with once
    private readonly Dictionary<string, long> _counters = []; // of what this connection sent to each room without history
    private readonly Dictionary<string, (int Attempts, bool IsReplayed)> _attempts = []; // of the reliable messages of this connection, by their id
    private readonly TimeSpan _think;
    private Link? _link;
    private bool _welcomed;
    private bool _closing;
    private bool _resting;
    private bool _leaving;
    private int _ids;

    public Client(World world, int index, string? user)
    {
        (_world, _random, Index, User, Name) = (world, world.Random, index, user, string.Create(CultureInfo.InvariantCulture, $"client{index}"));
        _think = world.Traits.Duration * world.Traits.Clients / world.Traits.Deeds;
        foreach (var room in world.Traits.Rooms)
        {
            _rooms.Add(room, new ClientRoom(room, keepsHistory: room[0] == 'h') { Wanted = _random.Next(world.Traits.Rooms.Length) < 2 });
        }

        if (user is not null)
        {
            _rooms.Add(Personal, new ClientRoom(Personal, keepsHistory: world.Traits.PersonalSize > 0));
        }
    }

    public int Index { get; }

    public string? User { get; }

    public string Name { get; }

    public bool IsAtRest => _welcomed && !_closing && WhyNotAtRest.Length == 0;

    /// <summary>What it waits for; empty where it waits for nothing.</summary>
    public string WhyNotAtRest =>
        _link is null ? $"{Name} has no connection"
        : _pending.Count > 0 ? $"{Name} waits for the answer to {_pending.First().Value.Type} {_pending.First().Key} on {_link.Connection.Id}"
        : _unanswered.Count > 0 ? $"{Name} has no answer to {_unanswered[0].Id}"
        : _rooms.Values.FirstOrDefault(room => room.Wanted && !room.IsIn) is { } out1 ? $"{Name} is not in {out1.Name}"
        : !_link.IsIdle ? $"something is under way on {_link.Connection.Id}" : "";

    private string Personal => $"user:{User}";

    private bool MayAct => _link is not null && _welcomed && !_closing;

    public void Begin()
    {
        _world.Steps.After(TimeSpan.FromSeconds(_random.NextDouble()), StepKind.Client, Index, Connect);
        ActLater();
    }

    /// <summary>From now on it only keeps its connection and sees to it that it has everything.</summary>
    public void Rest()
    {
        _resting = true;
        _link?.ReadNothing(TimeSpan.Zero);
        if (MayAct)
        {
            Repeat();
        }
    }

    /// <summary>Everybody is at rest: it must have seen every message of the rooms that it is in.</summary>
    public void CheckAtRest()
    {
        foreach (var room in _rooms.Values.Where(room => room is { IsIn: true, KeepsHistory: true } && _world.Oracle.Kept(room.Name) is not null))
        {
            var kept = _world.Oracle.Kept(room.Name)!;
            Require(room.Live.Epoch == kept.Epoch, $"{Name} is at {room.Live} of {room.Name}, whose epoch is {kept.Epoch}");
            NoneMissing(room, kept.Last + 1, "at the end");
            _world.Count("positions compared at rest");
        }
    }

    /// <summary>Whether it takes everybody who is in a room for a member, and nobody else.</summary>
    public void CheckMembers(Func<string, int> count)
    {
        foreach (var room in _rooms.Values.Where(room => room.IsIn && room.Name != Personal && _world.Traits.Presence))
        {
            Require(room.Members == count(room.Name), $"{Name} is told that {room.Members} members are in {room.Name}, where {count(room.Name)} are");
            _world.Count("counts of members compared at rest");
        }
    }

    public bool IsIn(string room) => _rooms[room].IsIn;

    /// <summary>Goes, and does not come back.</summary>
    public void Leave()
    {
        _leaving = true;
        if (_link is not null)
        {
            Close();
        }
    }

    /// <summary>The connection is over, or the client believes so.</summary>
    public void Lost(Link link, ushort code, string reason)
    {
        if (link != _link)
        {
            return;
        }

        _world.Trace.Add($"has lost {link.Connection.Id} with", Name, reason, code);
        _world.Count($"connections lost with {code}{(code == 4100 && reason.Contains("forgotten", StringComparison.Ordinal) ? " (overtaken)" : "")}");
        var expected = code switch
        {
            1000 => _closing,
            1006 or 4102 => true,
            4100 when reason.Contains("confirm", StringComparison.Ordinal) => _world.Traits is { Reliable: > 0 },
            4100 => link.EverStuck || reason.Contains("forgotten", StringComparison.Ordinal),
            _ => false,
        };
        Require(expected, $"{Name} is closed with {code} ({reason}) for no reason");
        Forget();
        if (!_leaving)
        {
            _world.Steps.After(TimeSpan.FromSeconds(_random.NextDouble() * (_resting ? 1 : 4)), StepKind.Client, Index, Connect);
        }
    }

    private void Forget()
    {
        _link = null;
        (_welcomed, _closing) = (false, false);
        _pending.Clear();
        _counters.Clear();
        _attempts.Clear();
        foreach (var room in _rooms.Values)
        {
            room.Lose();
        }
    }

    private void Connect()
    {
        if (_link is null && !_leaving)
        {
            _link = _world.Connect(this);
        }
    }

    private void ActLater() => _world.Steps.After(_think * (2 * _random.NextDouble()), StepKind.Client, Index, Act);

    private void Act()
    {
        if (_resting || !_world.IsBusy)
        {
            return;
        }

        if (MayAct)
        {
            _world.Did();
            Act(_random.Next(100));
        }

        ActLater();
    }

    private void Act(int dice)
    {
        if ((dice -= _world.Traits.Drops) < 0)
        {
            Drop();
        }
        else if ((dice -= _world.Traits.LeavesAndJoins) < 0)
        {
            Change(_rooms.Values.ElementAt(_random.Next(_world.Traits.Rooms.Length)));
        }
        else if ((dice -= 2) < 0)
        {
            _world.Trace.Add("reads nothing for a while", Name);
            _link!.ReadNothing(TimeSpan.FromSeconds(6 * _random.NextDouble()));
        }
        else if ((dice -= 3) < 0)
        {
            JoinAgain();
        }
        else if ((dice -= 3) < 0)
        {
            AskForHistory();
        }
        else if ((dice -= 3) < 0)
        {
            RepeatForNoReason();
        }
        else if ((dice -= 10) < 0)
        {
            Send();
        }
        else
        {
            for (var count = _random.Next(10) == 0 ? 20 : 1; count > 0; count--)
            {
                Broadcast();
            }
        }
    }

    private void Drop()
    {
        var link = _link!;
        switch (_random.Next(3))
        {
            case 0:
                Close();
                break;
            case 1:
                _world.Trace.Add("is cut off", Name, link.Connection.Id);
                link.Cut();
                Lost(link, 1006, "cut");
                break;
            default:
                _world.Trace.Add("is gone without a word", Name, link.Connection.Id);
                link.HalfOpen(TimeSpan.FromSeconds(30 * _random.NextDouble()));
                Lost(link, 1006, "half-open");
                break;
        }
    }

    private void Close()
    {
        _closing = true;
        _world.Trace.Add("closes", Name, _link!.Connection.Id);
        _link.Say(UpKind.Close);
    }

    private void Change(ClientRoom room)
    {
        if (room.Changing is not null)
        {
            return;
        }

        room.Wanted = !room.IsIn;
        if (room.Wanted)
        {
            Join([room]);
        }
        else
        {
            var request = Ask("leave", [room.Name]);
            room.Changing = request;
            Say(request, $",\"room\":\"{room.Name}\"");
        }
    }

    /// <summary>Enters rooms, from where it left off in each that it knows.</summary>
    private void Join(ClientRoom[] rooms)
    {
        Position?[] since = [.. rooms.Select(room => room.Known is { } known && _random.Next(20) != 0 ? Strange(known) : (Position?)null)];
        Join(rooms, since);
    }

    private void Join(ClientRoom[] rooms, Position?[] since)
    {
        var request = Ask("join", [.. rooms.Select(room => room.Name)], since);
        foreach (var room in rooms)
        {
            room.Changing = request;
        }

        var named = rooms.Select((room, i) => $"\"room\":\"{room.Name}\"{Since(since[i])}").ToArray();
        var several = rooms.Length > 1 || _random.Next(4) == 0;
        Say(request, several ? $",\"rooms\":[{string.Join(',', named.Select(room => $"{{{room}}}"))}]" : $",{named[0]}");
    }

    // Now and then one that cannot be right.
    private Position Strange(Position known) => _random.Next(50) switch
    {
        0 => known with { Seq = known.Seq + 1_000_000 },
        1 => known with { Epoch = "another" },
        _ => known,
    };

    private static string Since(Position? since) =>
        since is { } position ? string.Create(CultureInfo.InvariantCulture, $",\"since\":{{\"epoch\":\"{position.Epoch}\",\"seq\":{position.Seq}}}") : "";

    /// <summary>A member joins again, with or without a position that is not its newest.</summary>
    private void JoinAgain()
    {
        if (_rooms.Values.FirstOrDefault(room => room is { IsIn: true, KeepsHistory: true, IsBehind: false, Changing: null } && _random.Next(2) == 0) is { } room)
        {
            var back = room.Live with { Seq = Math.Max(0, room.Live.Seq - _random.Next(20)) };
            Join([room], [_random.Next(4) == 0 ? null : Strange(back)]);
        }
    }

    private void AskForHistory()
    {
        if (_rooms.Values.FirstOrDefault(room => room is { IsIn: true, KeepsHistory: true, Changing: null } && room.Name != Personal && _random.Next(2) == 0) is { } room)
        {
            var since = _random.Next(2) == 0 ? (Position?)null : room.Live with { Seq = Math.Max(0, room.Live.Seq - _random.Next(30)) };
            Say(Ask("history", [room.Name]), string.Create(CultureInfo.InvariantCulture, $",\"room\":\"{room.Name}\"{Since(since)},\"limit\":{_random.Next(1, 60)}"));
        }
    }

    private void Broadcast()
    {
        ClientRoom[] rooms = [.. _rooms.Values.Where(room => room.Name != Personal && !room.IsLeaving && (room.IsIn || (room.Changing is not null && _random.Next(3) == 0)))];
        if (rooms.Length == 0)
        {
            return;
        }

        var several = rooms.Length > 1 && _random.Next(6) == 0;
        rooms = several ? rooms[.._random.Next(2, rooms.Length + 1)] : [rooms[_random.Next(rooms.Length)]];
        var once = _random.Next(3) == 0;
        var message = _world.Oracle.Make(Index, id => new SentMessage(id, "broadcast", [.. rooms.Select(room => room.Name)])
        {
            IsToSeveral = several,
            Once = once ? $"once-of-{id}-0123456789" : null,
            Echo = _random.Next(4) == 0,
            Ephemeral = _random.Next(10) == 0,
            Reliable = _random.Next(100) < _world.Traits.Reliable,
            WantsAnswer = once || _random.Next(10) != 0,
        });
        var counted = rooms is [{ KeepsHistory: false }] && !once && !message.Ephemeral;
        var number = counted ? _counters[rooms[0].Name] = _counters.GetValueOrDefault(rooms[0].Name) + 1 : 0;
        var to = several ? $"\"rooms\":[{string.Join(',', rooms.Select(room => $"\"{room.Name}\""))}]" : $"\"room\":\"{rooms[0].Name}\"";
        Publish(message, $",{to}{(message.Echo ? ",\"echo\":true" : "")}{(message.Ephemeral ? ",\"ephemeral\":true" : "")}", number);
    }

    private void Send()
    {
        var to = string.Create(CultureInfo.InvariantCulture, $"u{_random.Next(_world.Traits.Users)}");
        var once = _random.Next(3) == 0;
        var message = _world.Oracle.Make(Index, id => new SentMessage(id, "send", [$"user:{to}"])
        {
            Once = once ? $"once-of-{id}-0123456789" : null,
            Echo = true,
            Reliable = _random.Next(100) < _world.Traits.Reliable,
            WantsAnswer = once || _random.Next(10) != 0,
        });
        Publish(message, $",\"to\":\"{to}\"", number: 0);
    }

    private void Publish(SentMessage message, string target, long number)
    {
        var padding = new string('x', _random.Next(_world.Traits.MostPadding));
        var once = message.Once is null ? "" : $",\"once\":\"{message.Once}\"";
        var reliable = message is { Reliable: true, Ephemeral: false } ? ",\"reliable\":true" : "";
        message.Body = string.Create(CultureInfo.InvariantCulture, $"{target}{once}{reliable},\"payload\":{{\"m\":\"{message.Id}\",\"k\":{number},\"p\":\"{padding}\"}}");
        if (message.Once is not null)
        {
            _unanswered.Add(message);
        }

        Publish(message);
    }

    private void Publish(SentMessage message)
    {
        if (message.WantsAnswer)
        {
            Say(Ask(message.Type, message.Rooms, message: message), message.Body);
        }
        else
        {
            Say(new Request("-", message.Type, message.Rooms) { Message = message }, message.Body);
        }
    }

    /// <summary>Says again what has no answer, once the rooms have been entered again; what is for a room that it has left since is given up.</summary>
    private void Repeat()
    {
        _unanswered.RemoveAll(message => message.Type == "broadcast" && message.Rooms.Any(room => !_rooms[room].Wanted));
        foreach (var message in _unanswered.Where(message => MayRepeat(message) && !_pending.Values.Any(request => request.Message == message)).ToArray())
        {
            _world.Count("repeated");
            Publish(message);
        }
    }

    private bool MayRepeat(SentMessage message) => message.Type == "send" || message.Rooms.All(room => _rooms[room] is { IsIn: true, IsLeaving: false });

    private void RepeatForNoReason()
    {
        if (_answered.Count > 0 && _random.Next(3) == 0)
        {
            var taken = _answered[_random.Next(_answered.Count)];
            if (MayRepeat(taken))
            {
                Say(Ask(taken.Type, taken.Rooms, isConflict: true), taken.Body.Replace("\"p\":\"", "\"p\":\"another", StringComparison.Ordinal));
            }
        }
        else if ((_random.Next(2) == 0 ? _unanswered : _answered) is { Count: > 0 } messages && messages[_random.Next(messages.Count)] is var message && MayRepeat(message))
        {
            Publish(message);
        }
    }

    private Request Ask(string type, string[] rooms, Position?[]? since = null, SentMessage? message = null, bool isConflict = false)
    {
        var request = new Request(string.Create(CultureInfo.InvariantCulture, $"{type}-{Index}-{++_ids}"), type, rooms) { Since = since ?? [], Message = message, IsConflict = isConflict };
        _pending.Add(request.Id, request);
        return request;
    }

    private void Say(Request request, string body)
    {
        _world.Trace.Add("asks", Name, request.Message is { } message ? $"{request.Id} ({message.Id} to {string.Join(' ', message.Rooms)})" : $"{request.Id} ({string.Join(' ', request.Rooms)})");
        var id = request.Id == "-" ? "" : $",\"id\":\"{request.Id}\"";
        _link!.Say(UpKind.Text, $"{{\"type\":\"{request.Type}\"{id}{body}}}", request);
    }

    private void Require(bool condition, string otherwise)
    {
        if (!condition)
        {
            _world.Fail(otherwise);
        }
    }
}
